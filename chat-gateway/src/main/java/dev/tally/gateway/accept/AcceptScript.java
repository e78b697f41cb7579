package dev.tally.gateway.accept;

import dev.tally.common.partition.PartitionCount;
import dev.tally.common.partition.PartitionKeys;
import dev.tally.gateway.idempotency.IdempotencyKey;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.ClassPathResource;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.data.redis.core.script.RedisScript;
import org.springframework.stereotype.Component;

/** Runs {@code lua/accept.lua}. */
@Component
final class AcceptScript {

  @SuppressWarnings("rawtypes")
  private static final RedisScript<List> SCRIPT =
      RedisScript.of(new ClassPathResource("lua/accept.lua"), List.class);

  private final StringRedisTemplate redis;
  private final PartitionCount partitionCount;
  private final String queueLimit;

  AcceptScript(
      StringRedisTemplate redis, PartitionCount partitionCount, AcceptProperties properties) {
    this.redis = redis;
    this.partitionCount = partitionCount;
    this.queueLimit = Integer.toString(properties.queueLimit());
  }

  /**
   * Numbers and queues jobs, or does nothing.
   *
   * @param openJobs from {@code JobCodec}, open at their ends for the number; at least one
   * @throws org.springframework.dao.DataAccessException if Redis gave no answer. Then the jobs may
   *     have been queued or not.
   */
  Acceptance accept(Parent parent, List<String> openJobs, @Nullable IdempotencyKey key) {
    String app = parent.app();
    PartitionKeys keys = partitionCount.partitioning().of(app);

    List<String> names = new ArrayList<>(3);
    List<String> arguments = new ArrayList<>(5 + openJobs.size());
    arguments.add(queueLimit);
    arguments.add(key == null ? "" : key.fingerprint());
    arguments.add(Long.toString(IdempotencyKey.LIFE.toMillis()));
    switch (parent) {
      case Parent.App _ -> {
        names.add(keys.chats(app));
        arguments.add(keys.messagesBeforeNumber(app));
        arguments.add(PartitionKeys.MESSAGES_AFTER_NUMBER);
      }
      case Parent.Chat chat -> {
        names.add(keys.messages(app, chat.number()));
        arguments.add("");
        arguments.add("");
      }
    }
    names.add(keys.jobs());
    if (key != null) {
      names.add(keys.idempotency(app, key.value()));
    }
    arguments.addAll(openJobs);
    return read(redis.execute(SCRIPT, names, arguments.toArray()));
  }

  private static Acceptance read(@Nullable List<?> answer) {
    if (answer == null || answer.isEmpty()) {
      throw new IllegalStateException("accept.lua gave no answer");
    }
    String outcome = (String) answer.getFirst();
    return switch (outcome) {
      case "accepted", "replayed" ->
          new Acceptance.Accepted(
              new Numbers((Long) answer.get(1), (Long) answer.get(2)), outcome.equals("replayed"));
      case "unknown-parent" -> new Acceptance.UnknownParent();
      case "queue-full" -> new Acceptance.QueueFull();
      case "key-reused" -> new Acceptance.KeyReused();
      default -> throw new IllegalStateException("accept.lua answered " + outcome);
    };
  }
}
