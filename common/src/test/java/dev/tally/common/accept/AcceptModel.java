package dev.tally.common.accept;

import dev.tally.common.accept.counter.Parent;
import dev.tally.common.identity.AppToken;
import dev.tally.common.identity.ChatName;
import dev.tally.common.identity.NumberRange;
import dev.tally.common.partition.PartitionKeys;
import dev.tally.common.partition.Partitions;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Does in memory what {@link AcceptScript} must do in Redis. */
final class AcceptModel {

  private record Term(long number, String run) {}

  /**
   * The state of a partition.
   *
   * @param run the run that was checked, "" if none was
   * @param term how often another run was checked
   */
  private record State(long position, long epoch, String run, long checked, Term term) {
    static final State NEW = new State(0, 0, "", 0, new Term(0, ""));
  }

  private final Partitions partitions;
  private final int queueLimit;
  private final int queueBytes;
  private final Map<Integer, State> states = new HashMap<>();

  private final Map<AppToken, List<String>> queues = new HashMap<>();
  private final Map<Integer, List<String>> rings = new HashMap<>();
  private final CountersModel counters = new CountersModel();
  private final RecordsModel records;

  AcceptModel(Partitions partitions, int queueLimit, int queueBytes, RecordsModel records) {
    this.partitions = partitions;
    this.queueLimit = queueLimit;
    this.queueBytes = queueBytes;
    this.records = records;
  }

  /**
   * @param run the run of Redis
   * @param known the run that the gateway knows
   * @param checks how many checks of the partition the gateway has made
   */
  Acceptance accept(
      Parent parent,
      List<String> openJobs,
      long mentioned,
      boolean deletesChat,
      @Nullable IdempotencyKey key,
      String run,
      String known,
      int checks) {
    List<String> jobs =
        IntStream.range(0, openJobs.size())
            .mapToObj(i -> openJobs.get(i) + " ".repeat(i % 32))
            .toList();
    int partition = keys(parent.app()).partition();
    State state = state(partition);
    if (!state.run().equals(run) || !known.equals(run)) {
      return new Acceptance.Unchecked(checks);
    }
    Acceptance closed = counters.closed(parent, state.epoch());
    if (closed != null) {
      return closed;
    }
    RecordsModel.Request earlier = key == null ? null : records.find(parent.app(), key.name());
    if (key != null && earlier != null) {
      return earlier.fingerprint().equals(key.fingerprint())
          ? new Acceptance.Accepted(earlier.numbers(), true)
          : new Acceptance.KeyReused();
    }
    Acceptance refusal = counters.refusal(parent, mentioned, jobs.size(), state.epoch());
    if (refusal != null) {
      return refusal;
    }
    List<String> waiting = waiting(keys(parent.app()).partition());
    if (waiting.size() + jobs.size() > queueLimit || bytes(waiting) + bytes(jobs) > queueBytes) {
      return new Acceptance.QueueFull();
    }
    if (key != null && records.isFull(parent.app())) {
      return new Acceptance.TooManyKeys(Duration.ZERO);
    }
    if (queue(parent.app()).isEmpty()) {
      rings
          .computeIfAbsent(keys(parent.app()).partition(), _ -> new ArrayList<>())
          .add(parent.app().value());
    }
    long first = counters.take(parent, jobs.size(), state.epoch());
    if (deletesChat) {
      counters.delete(parent, first);
    }
    for (int i = 0; i < jobs.size(); i++) {
      queue(parent.app()).add(jobs.get(i) + (first + i) + "}");
    }
    states.put(
        partition,
        new State(
            state.position() + jobs.size(),
            state.epoch(),
            state.run(),
            state.checked(),
            state.term()));
    NumberRange numbers = new NumberRange(first, first + jobs.size() - 1);
    if (key != null) {
      records.add(
          parent.app(),
          partition,
          key.name(),
          new RecordsModel.Request(key.fingerprint(), numbers, recorded(parent)));
    }
    return new Acceptance.Accepted(numbers, false);
  }

  /** What a record says of the parent. */
  private static String recorded(Parent parent) {
    return switch (parent) {
      case Parent.App _ -> "0";
      case Parent.Unnumbered _ -> "0c";
      case Parent.Chat(ChatName chat) -> Long.toString(chat.number());
      case Parent.Changes(ChatName chat) -> chat.number() + "c";
    };
  }

  private State state(int partition) {
    return states.getOrDefault(partition, State.NEW);
  }

  CountersModel counters() {
    return counters;
  }

  void recover(Parent parent, long highest, String highestChange) {
    long epoch = state(keys(parent.app()).partition()).epoch();
    counters.recover(parent, highest, highestChange, epoch);
  }

  /** Redis is another process now, and has what it had. */
  void restart(String run) {
    states.replaceAll(
        (_, state) ->
            state.run().isEmpty()
                ? state
                : new State(state.position(), state.epoch(), run, state.checked(), state.term()));
  }

  /** A gateway checks the run of Redis, and nothing is missing. */
  void check(int partition, String run) {
    State state = state(partition);
    if (!state.run().equals(run)) {
      states.put(
          partition,
          new State(
              state.position(),
              state.epoch(),
              run,
              state.position(),
              new Term(state.term().number() + 1, run)));
    }
  }

  boolean isChecked(int partition, String run) {
    return state(partition).run().equals(run);
  }

  void raise(int partition) {
    State state = state(partition);
    states.put(
        partition,
        new State(state.position(), state.epoch() + 1, state.run(), state.checked(), state.term()));
  }

  /** A slice of time passes for the idempotency records of an app. */
  void pass(AppToken app) {
    records.pass(app);
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

  private PartitionKeys keys(AppToken app) {
    return partitions.of(app);
  }

  /** The Redis key of a counter. */
  String counter(Parent parent) {
    return switch (parent) {
      case Parent.App(AppToken app) -> keys(app).chats(app);
      case Parent.Unnumbered(AppToken app) -> keys(app).chats(app);
      case Parent.Chat(ChatName chat) -> keys(chat.app()).messages(chat);
      case Parent.Changes(ChatName chat) -> keys(chat.app()).messages(chat);
    };
  }

  private List<String> queue(AppToken app) {
    return queues.computeIfAbsent(app, _ -> new ArrayList<>());
  }

  /**
   * The content of each key in Redis, marked if the key has an expiry.
   *
   * @param slice the index of the present slice of time
   */
  Map<String, Object> held(List<AppToken> known, int slice) {
    Map<String, Object> held = new HashMap<>();
    held.put(PartitionKeys.LAYOUT, "5");
    held.put(PartitionKeys.PARTITION_COUNT, Integer.toString(partitions.count()));
    held.putAll(counters.held(this::counter));
    queues.forEach((app, jobs) -> held.put(keys(app).jobs(app), jobs));
    rings.forEach(
        (partition, apps) -> {
          held.put(new PartitionKeys(partition).ring(), apps);
        });
    states.forEach(
        (partition, state) -> {
          PartitionKeys keys = new PartitionKeys(partition);
          held.put(keys.state(), held(partition, state, slice));
          if (!state.run().isEmpty()) {
            held.put(keys.barrier(), "moved");
          }
        });
    held.values().removeIf(List.of()::equals);
    for (AppToken app : known) {
      records
          .held(keys(app), app, slice)
          .forEach((key, fields) -> held.put(key, "for a time: " + new TreeMap<>(fields)));
    }
    return held;
  }

  private Map<String, String> held(int partition, State state, int slice) {
    Map<String, String> fields = new HashMap<>();
    if (!state.run().isEmpty()) {
      fields.put("run", state.run());
      fields.put("checked", Long.toString(state.checked()));
      fields.put("term", Long.toString(state.term().number()));
      fields.put("term_run", state.term().run());
    }
    if (state.epoch() > 0) {
      fields.put("epoch", Long.toString(state.epoch()));
    }
    if (state.position() > 0) {
      List<String> waiting = waiting(partition);
      fields.put("position", Long.toString(state.position()));
      fields.put("jobs", Integer.toString(waiting.size()));
      fields.put("bytes", Integer.toString(bytes(waiting)));
    }
    Long count = records.count(partition);
    if (count != null) {
      fields.put(PartitionKeys.RECORDS.get(slice), "then " + count);
    }
    return fields;
  }
}
