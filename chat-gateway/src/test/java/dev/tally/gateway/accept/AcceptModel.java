package dev.tally.gateway.accept;

import dev.tally.common.identity.AppToken;
import dev.tally.common.identity.ChatName;
import dev.tally.common.identity.NumberRange;
import dev.tally.common.partition.PartitionKeys;
import dev.tally.common.partition.Partitions;
import dev.tally.gateway.idempotency.IdempotencyKey;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/** Does in memory what {@link AcceptScript} must do in Redis. */
final class AcceptModel {

  private record Request(String fingerprint, NumberRange numbers) {}

  private final Partitions partitions;
  private final int queueLimit;
  private final int queueBytes;
  private final Map<Parent, Long> counters = new HashMap<>();

  /** What somebody wrote in place of a counter. */
  private final Map<Parent, Object> spoiled = new HashMap<>();

  private final Map<AppToken, List<String>> queues = new HashMap<>();
  private final Map<Integer, List<String>> rings = new HashMap<>();
  private final Map<String, Request> records = new HashMap<>();

  AcceptModel(Partitions partitions, int queueLimit, int queueBytes) {
    this.partitions = partitions;
    this.queueLimit = queueLimit;
    this.queueBytes = queueBytes;
  }

  Acceptance accept(Parent parent, List<String> openJobs, @Nullable IdempotencyKey key) {
    List<String> jobs =
        IntStream.range(0, openJobs.size())
            .mapToObj(i -> openJobs.get(i) + " ".repeat(i % 32))
            .toList();
    String record = key == null ? "" : keys(parent.app()).idempotency(parent.app(), key.value());
    Request earlier = records.get(record);
    if (key != null && earlier != null) {
      return earlier.fingerprint().equals(key.fingerprint())
          ? new Acceptance.Accepted(earlier.numbers(), true)
          : new Acceptance.KeyReused();
    }
    if (spoiled.containsKey(parent)) {
      return new Acceptance.CounterUnusable();
    }
    Long highest = counters.get(parent);
    if (highest == null) {
      return new Acceptance.UnknownParent();
    }
    if (parent instanceof Parent.App(AppToken app)
        && LongStream.rangeClosed(highest + 1, highest + jobs.size())
            .mapToObj(chat -> new Parent.Chat(new ChatName(app, chat)))
            .anyMatch(chat -> counters.containsKey(chat) || spoiled.containsKey(chat))) {
      return new Acceptance.CounterBehind();
    }
    List<String> waiting = waiting(keys(parent.app()).partition());
    if (waiting.size() + jobs.size() > queueLimit || bytes(waiting) + bytes(jobs) > queueBytes) {
      return new Acceptance.QueueFull();
    }
    if (queue(parent.app()).isEmpty()) {
      rings
          .computeIfAbsent(keys(parent.app()).partition(), _ -> new ArrayList<>())
          .add(parent.app().value());
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
    spoiled.remove(parent);
    counters.putIfAbsent(parent, highest);
  }

  void lose(Parent parent) {
    counters.remove(parent);
    spoiled.remove(parent);
  }

  void spoil(Parent parent, Object content) {
    lose(parent);
    spoiled.put(parent, content);
  }

  /** A worker claims all jobs of an app. */
  void claim(AppToken app) {
    queue(app).clear();
    rings.getOrDefault(keys(app).partition(), new ArrayList<>()).remove(app.value());
  }

  private List<String> waiting(int partition) {
    return queues.entrySet().stream()
        .filter(queue -> keys(queue.getKey()).partition() == partition)
        .flatMap(queue -> queue.getValue().stream())
        .toList();
  }

  private static int bytes(List<String> jobs) {
    return jobs.stream().mapToInt(job -> job.getBytes(StandardCharsets.UTF_8).length).sum();
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
    return queues.computeIfAbsent(app, _ -> new ArrayList<>());
  }

  /** The content of each key in Redis, marked if the key has an expiry. */
  Map<String, Object> held() {
    Map<String, Object> held = new HashMap<>();
    held.put(PartitionKeys.LAYOUT, "3");
    held.put(PartitionKeys.PARTITION_COUNT, Integer.toString(partitions.count()));
    counters.forEach(
        (parent, highest) -> held.put(counter(parent), Map.of("numbers", highest.toString())));
    spoiled.forEach((parent, content) -> held.put(counter(parent), content));
    queues.forEach((app, jobs) -> held.put(keys(app).jobs(app), jobs));
    rings.forEach(
        (partition, apps) -> {
          PartitionKeys keys = new PartitionKeys(partition);
          List<String> waiting = waiting(partition);
          held.put(keys.ring(), apps);
          held.put(
              keys.waiting(),
              Map.of(
                  "jobs", Integer.toString(waiting.size()),
                  "bytes", Integer.toString(bytes(waiting))));
        });
    held.values().removeIf(List.of()::equals);
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
