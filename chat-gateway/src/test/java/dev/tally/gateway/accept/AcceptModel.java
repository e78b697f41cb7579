package dev.tally.gateway.accept;

import dev.tally.common.identity.AppToken;
import dev.tally.common.identity.ChatName;
import dev.tally.common.identity.NumberRange;
import dev.tally.common.partition.PartitionKeys;
import dev.tally.common.partition.Partitions;
import dev.tally.gateway.idempotency.IdempotencyKey;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Does in memory what {@link AcceptScript} must do in Redis. */
final class AcceptModel {

  private record Request(String fingerprint, NumberRange numbers) {}

  private final Partitions partitions;
  private final int queueLimit;
  private final Map<Parent, Long> counters = new HashMap<>();
  private final Map<String, List<String>> queues = new HashMap<>();
  private final Map<String, Request> records = new HashMap<>();

  AcceptModel(Partitions partitions, int queueLimit) {
    this.partitions = partitions;
    this.queueLimit = queueLimit;
  }

  Acceptance accept(Parent parent, List<String> jobs, @Nullable IdempotencyKey key) {
    String record = key == null ? "" : keys(parent.app()).idempotency(parent.app(), key.value());
    Request earlier = records.get(record);
    if (key != null && earlier != null) {
      return earlier.fingerprint().equals(key.fingerprint())
          ? new Acceptance.Accepted(earlier.numbers(), true)
          : new Acceptance.KeyReused();
    }
    Long highest = counters.get(parent);
    if (highest == null) {
      return new Acceptance.UnknownParent();
    }
    if (queue(parent.app()).size() + jobs.size() > queueLimit) {
      return new Acceptance.QueueFull();
    }
    for (int i = 0; i < jobs.size(); i++) {
      long number = highest + 1 + i;
      queue(parent.app()).add(jobs.get(i) + number + "}");
      if (parent instanceof Parent.App(AppToken app)) {
        counters.put(new Parent.Chat(new ChatName(app, number)), 0L);
      }
    }
    counters.put(parent, highest + jobs.size());
    NumberRange numbers = new NumberRange(highest + 1, highest + jobs.size());
    if (key != null) {
      records.put(record, new Request(key.fingerprint(), numbers));
    }
    return new Acceptance.Accepted(numbers, false);
  }

  void recover(Parent parent, long highest) {
    counters.putIfAbsent(parent, highest);
  }

  void lose(Parent parent) {
    counters.remove(parent);
  }

  void claim(AppToken app, int jobs) {
    List<String> queue = queue(app);
    queue.subList(0, Math.min(jobs, queue.size())).clear();
  }

  void expire(AppToken app, String key) {
    records.remove(keys(app).idempotency(app, key));
  }

  private PartitionKeys keys(AppToken app) {
    return partitions.of(app);
  }

  /** The Redis key of a counter. */
  String counter(Parent parent) {
    return switch (parent) {
      case Parent.App(AppToken app) -> keys(app).chats(app);
      case Parent.Chat(ChatName chat) -> keys(chat.app()).messages(chat);
    };
  }

  private List<String> queue(AppToken app) {
    return queues.computeIfAbsent(keys(app).jobs(), _ -> new ArrayList<>());
  }

  /** The content of each key in Redis, marked if the key has an expiry. */
  Map<String, Object> held() {
    Map<String, Object> held = new HashMap<>();
    held.put(PartitionKeys.LAYOUT, "2");
    held.put(PartitionKeys.PARTITION_COUNT, Integer.toString(partitions.count()));
    counters.forEach((parent, highest) -> held.put(counter(parent), highest.toString()));
    queues.forEach(
        (key, jobs) -> {
          if (!jobs.isEmpty()) {
            held.put(key, jobs);
          }
        });
    records.forEach(
        (key, request) ->
            held.put(
                key,
                "for a time: %s %d %d"
                    .formatted(
                        request.fingerprint(),
                        request.numbers().first(),
                        request.numbers().last())));
    return held;
  }
}
