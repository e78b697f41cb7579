package dev.tally.worker.drain;

import java.time.Duration;
import java.util.List;
import org.springframework.util.unit.DataSize;

/** The bounds of a batch and of a turn, and a model of taking jobs within them. */
record BatchLimit(int jobs, int bytes, int turnJobs, int turnBytes) {

  /** A batch that has room for the turns of the default. */
  static BatchLimit of(int jobs, int bytes) {
    return new BatchLimit(jobs, bytes, 64, 65_536);
  }

  /** A drain with these bounds, which a slow machine does not change. */
  DrainProperties properties() {
    return new DrainProperties(
        jobs,
        DataSize.ofBytes(bytes),
        turnJobs,
        DataSize.ofBytes(turnBytes),
        Duration.ofMillis(50),
        Duration.ofHours(1),
        Duration.ofSeconds(30));
  }

  /**
   * Claims a batch of retried jobs and of one app's, unless one is claimed and not acknowledged.
   */
  void claim(List<String> retried, List<String> queued, List<String> claimed) {
    if (claimed.isEmpty()) {
      boolean room = take(retried, claimed, jobs, bytes);
      if (room) {
        take(queued, claimed, jobs, bytes);
      }
    }
  }

  /**
   * Moves jobs to a batch.
   *
   * @param most how many jobs
   * @param enough bytes of jobs after which it takes no more
   * @return whether the batch has room for more
   */
  boolean take(List<String> queued, List<String> batch, int most, int enough) {
    int length = batch.stream().mapToInt(String::length).sum();
    int end = Math.min(batch.size() + most, jobs);
    int enoughLength = length + enough;
    while (!queued.isEmpty() && batch.size() < end && length < enoughLength) {
      length += queued.getFirst().length();
      if (!batch.isEmpty() && length > bytes) {
        return false;
      }
      batch.add(queued.removeFirst());
    }
    return batch.size() < jobs;
  }
}
