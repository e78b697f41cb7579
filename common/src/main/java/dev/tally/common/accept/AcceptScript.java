package dev.tally.common.accept;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.tally.common.accept.counter.Parent;
import dev.tally.common.accept.replica.UnconfirmedWriteException;
import dev.tally.common.identity.AppToken;
import dev.tally.common.identity.ChatName;
import dev.tally.common.identity.NumberRange;
import dev.tally.common.partition.PartitionKeys;
import dev.tally.common.partition.RedisLayout;
import dev.tally.common.redis.WrongTypeException;
import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.core.io.ClassPathResource;
import org.springframework.dao.DataAccessException;
import org.springframework.data.redis.connection.DataType;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.data.redis.core.script.RedisScript;

/** Runs {@code lua/accept.lua}; the comments at the call are the script's names. */
final class AcceptScript {

  private static final byte[] SCRIPT;
  private static final byte[] SHA1;

  static {
    RedisScript<Void> script = RedisScript.of(new ClassPathResource("lua/accept.lua"));
    SCRIPT = script.getScriptAsString().getBytes(UTF_8);
    SHA1 = script.getSha1().getBytes(UTF_8);
  }

  private static final byte[] NONE = {};

  /** An app with so many jobs waiting has limits of its own. */
  private static final int MANY = 1_000;

  /**
   * Redis keeps a small hash in one piece, without a structure for each field: up to 512 fields by
   * default, or 128 on some servers. More records of a slice go to shards, of which there are too
   * many for an app with few keys.
   */
  private static final int UNSHARDED = 120;

  /**
   * JSON allows spaces before a number, and they give jobs of one request different lengths. Lua
   * looks each string up by its length and every n-th of its characters, and compares it with all
   * that it finds: a thousand long messages that differ in a few places only would hold Redis for a
   * tenth of a second.
   */
  private static final int LENGTHS = 32;

  private static final String SPACES = " ".repeat(LENGTHS);

  private static final byte[] YES = utf8("1");
  private static final byte[] NUMBERS = utf8(PartitionKeys.NUMBERS);
  private static final byte[] CHANGES = utf8(PartitionKeys.CHANGES);
  private static final byte[] MANY_JOBS = utf8(Integer.toString(MANY));
  private static final byte[] AFTER_CHAT_NUMBER = utf8(PartitionKeys.MESSAGES_AFTER_NUMBER);

  private final Pipeline redis;
  private final StringRedisTemplate template;
  private final RedisLayout layout;
  private final QueueLimits limits;
  private final PartitionMemory partitions;
  private final byte[] recordLife;
  private final byte[] sliceLength;
  private final byte[] mostUnsharded;
  private final byte[] mostRecords;

  AcceptScript(
      Pipeline redis,
      StringRedisTemplate template,
      RedisLayout layout,
      QueueLimits limits,
      PartitionMemory partitions,
      IdempotencyLimits idempotency) {
    this(redis, template, layout, limits, partitions, idempotency, UNSHARDED);
  }

  AcceptScript(
      Pipeline redis,
      StringRedisTemplate template,
      RedisLayout layout,
      QueueLimits limits,
      PartitionMemory partitions,
      IdempotencyLimits idempotency,
      int unsharded) {
    this.redis = redis;
    this.template = template;
    this.layout = layout;
    this.limits = limits;
    this.partitions = partitions;
    this.recordLife = utf8(Long.toString(idempotency.life().toMillis()));
    this.sliceLength = utf8(Long.toString(idempotency.slice().toMillis()));
    this.mostUnsharded = utf8(Integer.toString(unsharded));
    this.mostRecords = utf8(Long.toString(idempotency.mostRecords()));
  }

  /**
   * Numbers and queues jobs, or does nothing.
   *
   * @param openJobs from {@code JobCodec}, each open at its end for the number; at least one
   * @param mentioned the highest number of a message that one of them answers or changes, 0 if none
   *     does
   * @param deletesChat whether it is one job, and deletes the chat
   * @throws UnconfirmedWriteException if Redis has queued the jobs, by this request or by the same
   *     request before it, and it is not known that enough replicas have them
   * @throws DataAccessException if Redis gave no answer. Then Redis may or may not have queued the
   *     jobs.
   */
  Acceptance accept(
      Parent parent,
      List<String> openJobs,
      long mentioned,
      boolean deletesChat,
      @Nullable IdempotencyKey key) {
    AppToken app = parent.app();
    PartitionKeys keys = layout.partitions().of(app);
    String counter = parent.counter(keys);
    boolean ofChats = parent instanceof Parent.App;
    byte[] beforeChatNumber = ofChats ? utf8(keys.messagesBeforeNumber(app)) : NONE;
    byte[] afterChatNumber = ofChats ? AFTER_CHAT_NUMBER : NONE;

    List<byte[]> names = new ArrayList<>(11);
    names.add(utf8(counter)); // counter
    names.add(utf8(keys.state())); // state
    names.add(utf8(keys.jobs(app))); // jobs
    names.add(utf8(keys.ring())); // ring
    names.add(utf8(keys.chats(app))); // access
    if (key != null) {
      for (String records : keys.records(app)) {
        names.add(utf8(records)); // FIRST_RECORDS
      }
      for (String shard : keys.shards(app, key.shard())) {
        names.add(utf8(shard)); // FIRST_SHARD
      }
    }
    List<byte[]> arguments = new ArrayList<>(20 + openJobs.size());
    arguments.add(utf8(app.value())); // app
    // A request that was accepted before gets its answer whatever the limits are.
    QueueLimit limit = limits.of(keys);
    arguments.add(limit.jobs()); // most_jobs
    arguments.add(limit.bytes()); // most_bytes
    arguments.add(limit.manyJobs()); // most_jobs of an app that has many
    arguments.add(limit.manyBytes()); // most_bytes of an app that has many
    arguments.add(MANY_JOBS); // many
    arguments.add(key == null ? NONE : utf8(key.fingerprint())); // fingerprint
    arguments.add(recordLife); // record_life
    arguments.add(beforeChatNumber); // before_chat_number
    arguments.add(afterChatNumber); // after_chat_number
    int checks = partitions.checks(keys);
    String run = partitions.run(keys);
    arguments.add(utf8(run)); // known_run
    arguments.add(utf8(chat(parent))); // chat
    arguments.add(redis.confirms() ? YES : NONE); // confirmed
    arguments.add(key == null ? NONE : utf8(key.name())); // key_name
    arguments.add(sliceLength); // slice_length
    arguments.add(mostUnsharded); // most_unsharded
    arguments.add(mostRecords); // most_records
    arguments.add(utf8(Long.toString(mentioned))); // mentioned
    arguments.add(field(parent)); // counter_field
    arguments.add(deletesChat ? YES : NONE); // deletes_chat
    for (int i = 0; i < openJobs.size(); i++) {
      arguments.add(utf8(openJobs.get(i) + SPACES.substring(0, i % LENGTHS))); // open_jobs
    }
    try {
      return read(keys, run, checks, run(names, arguments));
    } catch (DataAccessException e) {
      throw WrongTypeException.explained(e, template, () -> types(keys, app, key));
    }
  }

  /** The types of the script's keys. It answers by itself for a counter of another type. */
  private static Map<String, DataType> types(
      PartitionKeys keys, AppToken app, @Nullable IdempotencyKey key) {
    Map<String, DataType> types = new LinkedHashMap<>();
    types.put(keys.state(), DataType.HASH);
    types.put(keys.jobs(app), DataType.LIST);
    types.put(keys.ring(), DataType.LIST);
    if (key != null) {
      keys.records(app).forEach(records -> types.put(records, DataType.HASH));
      keys.shards(app, key.shard()).forEach(shard -> types.put(shard, DataType.HASH));
    }
    return types;
  }

  private Answer run(List<byte[]> names, List<byte[]> arguments) {
    try {
      return redis.call(CommandType.EVALSHA, call(SHA1, names, arguments));
    } catch (DataAccessException e) {
      if (NestedExceptionUtils.getMostSpecificCause(e) instanceof RedisNoScriptException) {
        return redis.call(CommandType.EVAL, call(SCRIPT, names, arguments));
      }
      throw e;
    }
  }

  private static CommandArgs<byte[], byte[]> call(
      byte[] script, List<byte[]> names, List<byte[]> arguments) {
    return new CommandArgs<>(ByteArrayCodec.INSTANCE)
        .add(script)
        .add(names.size())
        .addKeys(names)
        .addValues(arguments);
  }

  private Acceptance read(PartitionKeys keys, String run, int checks, Answer answer) {
    List<Object> values = answer.values();
    String outcome = new String((byte[]) values.getFirst(), UTF_8);
    return switch (outcome) {
      case "accepted", "replayed" -> {
        // Redis has the write even if its replicas do not.
        partitions.remember(keys, run, (Long) values.get(3));
        answer.requireConfirmed();
        yield new Acceptance.Accepted(numbers(values), outcome.equals("replayed"));
      }
      case "unchecked" -> new Acceptance.Unchecked(checks);
      case "unknown-access" -> new Acceptance.UnknownAccess();
      case "app-deleted" -> new Acceptance.AppDeleted();
      case "unknown-parent" -> new Acceptance.UnknownParent();
      case "counter-unusable" -> new Acceptance.CounterUnusable();
      case "counter-behind" -> new Acceptance.CounterBehind();
      case "no-such-message" -> new Acceptance.NoSuchMessage((Long) values.get(1));
      case "chat-deleted" -> new Acceptance.ChatDeleted();
      case "queue-full" -> new Acceptance.QueueFull();
      case "key-reused" -> new Acceptance.KeyReused();
      case "too-many-keys" -> new Acceptance.TooManyKeys(Duration.ofMillis((Long) values.get(1)));
      default -> throw new IllegalStateException("accept.lua answered " + outcome);
    };
  }

  private static NumberRange numbers(List<Object> answer) {
    return new NumberRange((Long) answer.get(1), (Long) answer.get(2));
  }

  /** The field that the parent's numbers come from. */
  private static byte[] field(Parent parent) {
    return switch (parent) {
      case Parent.App _, Parent.Chat _ -> NUMBERS;
      case Parent.Changes _ -> CHANGES;
      case Parent.Unnumbered _ -> NONE;
    };
  }

  /** What a record says of the parent. */
  private static String chat(Parent parent) {
    return switch (parent) {
      case Parent.App _ -> "0";
      case Parent.Unnumbered _ -> "0c";
      case Parent.Chat(ChatName name) -> Long.toString(name.number());
      case Parent.Changes(ChatName name) -> name.number() + "c";
    };
  }

  private static byte[] utf8(String text) {
    return text.getBytes(UTF_8);
  }
}
