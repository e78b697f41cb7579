package dev.tally.worker.drain;

import dev.tally.common.deadletter.DeadLetters;
import dev.tally.common.identity.AppToken;
import dev.tally.common.partition.PartitionKeys;
import dev.tally.worker.drain.queue.Claim;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A model of the scripts, without Redis. */
final class QueueModel {

  /** An acknowledgement as a worker sends it. */
  record Acknowledgement(Claim batch, List<String> deadLetters) {}

  private final Map<AppToken, List<String>> jobs = new HashMap<>();
  private final List<AppToken> ring = new ArrayList<>();
  private final List<String> retried = new ArrayList<>();
  private final Map<String, String> state = new HashMap<>();
  final List<String> claimed = new ArrayList<>();
  final List<String> dead = new ArrayList<>();
  final Set<String> roll = new TreeSet<>();
  final Set<String> silent = new HashSet<>();
  final Map<String, Long> counters = new HashMap<>();
  @Nullable String owner;

  List<String> attend(int worker) {
    roll.removeAll(silent);
    silent.clear();
    roll.add(QueueHistory.WORKERS.get(worker));
    return List.copyOf(roll);
  }

  void leave(int worker) {
    roll.remove(QueueHistory.WORKERS.get(worker));
    silent.remove(QueueHistory.WORKERS.get(worker));
  }

  boolean owns(int worker) {
    return QueueHistory.WORKERS.get(worker).equals(owner);
  }

  boolean acquire(int worker) {
    if (owner != null) {
      return false;
    }
    owner = QueueHistory.WORKERS.get(worker);
    return true;
  }

  void release(int worker) {
    if (owns(worker)) {
      owner = null;
    }
  }

  void queue(AppToken app, List<String> more) {
    List<String> ofApp = jobs(app);
    if (ofApp.isEmpty()) {
      ring.add(app);
    }
    ofApp.addAll(more);
    accepted(more.size());
  }

  private void accepted(int more) {
    add("position", more);
    // Its values follow from the lists.
    state.put("jobs", "");
    state.put("bytes", "");
  }

  private void add(String field, int more) {
    state.merge(
        field, Integer.toString(more), (old, _) -> Integer.toString(Integer.parseInt(old) + more));
  }

  private List<String> jobs(AppToken app) {
    return jobs.computeIfAbsent(app, _ -> new ArrayList<>());
  }

  /**
   * @param run the run of Redis, which the first claim checks
   */
  List<String> claim(BatchLimit limit, String run) {
    if (state.put("run", run) == null) {
      state.put("checked", state.getOrDefault("position", "0"));
      state.put("term", "1");
      state.put("term_run", run);
    }
    if (claimed.isEmpty()) {
      boolean room = limit.take(retried, claimed, limit.jobs(), limit.bytes());
      while (room && !ring.isEmpty()) {
        AppToken app = ring.getFirst();
        boolean alone = ring.size() == 1;
        int before = claimed.size();
        room =
            limit.take(
                jobs(app),
                claimed,
                alone ? limit.jobs() : limit.turnJobs(),
                alone ? limit.bytes() : limit.turnBytes());
        if (jobs(app).isEmpty()) {
          ring.removeFirst();
        } else if (claimed.size() > before) {
          ring.add(ring.removeFirst());
        }
      }
    }
    return List.copyOf(claimed);
  }

  void acknowledge(int worker, Acknowledgement acknowledgement) {
    List<String> batch = WorkerParts.texts(acknowledgement.batch().jobs());
    if (owns(worker)
        && claimed.size() == batch.size()
        && claimed.getFirst().equals(batch.getFirst())) {
      dead.addAll(acknowledgement.deadLetters().stream().map(WorkerParts::utf8).toList());
      add("acknowledged", batch.size());
      claimed.clear();
    }
  }

  boolean raise(String counter, long number) {
    Long highest = counters.get(counter);
    if (highest == null || highest >= number) {
      return false;
    }
    counters.put(counter, number);
    return true;
  }

  boolean remove(DeadLetters.Entry entry, boolean retry) {
    boolean there = dead.remove(WorkerParts.texts(List.of(entry.raw())).getFirst());
    if (there && retry) {
      retried.add(WorkerParts.texts(List.of(entry.letter().job())).getFirst());
      accepted(1);
    }
    return there;
  }

  Map<String, Object> held() {
    Map<String, Object> held = new HashMap<>();
    jobs.forEach((app, ofApp) -> held.put(QueueHistory.KEYS.jobs(app), ofApp));
    held.put(QueueHistory.KEYS.ring(), ring.stream().map(AppToken::value).toList());
    held.put(QueueHistory.KEYS.retried(), retried);
    held.put(QueueHistory.KEYS.claimed(), claimed);
    held.put(QueueHistory.KEYS.dead(), dead);
    held.values().removeIf(value -> ((Collection<?>) value).isEmpty());
    if (!roll.isEmpty()) {
      held.put(PartitionKeys.WORKERS, Set.copyOf(roll));
    }
    if (owner != null) {
      held.put(QueueHistory.KEYS.owner(), owner);
    }
    List<String> waiting =
        Stream.concat(retried.stream(), jobs.values().stream().flatMap(List::stream)).toList();
    state.replace("jobs", Integer.toString(waiting.size()));
    state.replace("bytes", Integer.toString(waiting.stream().mapToInt(String::length).sum()));
    if (!state.isEmpty()) {
      held.put(QueueHistory.KEYS.state(), state);
    }
    if (state.containsKey("run")) {
      held.put(QueueHistory.KEYS.barrier(), "moved");
    }
    counters.forEach((counter, number) -> held.put(counter, Map.of("numbers", number.toString())));
    return held;
  }
}
