package dev.tally.worker.drain;

import dev.tally.common.partition.PartitionKeys;
import dev.tally.worker.deadletter.DeadLetters;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** A model of the scripts, without Redis. */
final class QueueModel {

  /** An acknowledgement as a worker sends it. */
  record Acknowledgement(Claim batch, List<String> deadLetters) {}

  final List<String> jobs = new ArrayList<>();
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

  List<String> claim(BatchLimit limit) {
    limit.claim(jobs, claimed);
    return List.copyOf(claimed);
  }

  void acknowledge(int worker, Acknowledgement acknowledgement) {
    List<String> batch = WorkerParts.texts(acknowledgement.batch().jobs());
    if (owns(worker)
        && claimed.size() == batch.size()
        && claimed.getFirst().equals(batch.getFirst())) {
      dead.addAll(acknowledgement.deadLetters().stream().map(WorkerParts::utf8).toList());
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
    boolean there = dead.remove(WorkerParts.utf8(entry.text()));
    if (there && retry) {
      jobs.addFirst(WorkerParts.texts(List.of(entry.letter().job())).getFirst());
    }
    return there;
  }

  Map<String, Object> held() {
    Map<String, Object> held = new HashMap<>();
    held.put(QueueHistory.KEYS.jobs(), jobs);
    held.put(QueueHistory.KEYS.claimed(), claimed);
    held.put(QueueHistory.KEYS.dead(), dead);
    held.put(PartitionKeys.WORKERS, Set.copyOf(roll));
    held.values().removeIf(value -> ((Collection<?>) value).isEmpty());
    if (owner != null) {
      held.put(QueueHistory.KEYS.owner(), owner);
    }
    counters.forEach((counter, number) -> held.put(counter, number.toString()));
    return held;
  }
}
