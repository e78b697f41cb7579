package dev.tally.worker.drain.queue;

import dev.tally.worker.drain.batch.Place;
import java.util.List;

/**
 * A batch that has been moved from the queue to the partition's claimed batch.
 *
 * @param jobs the jobs as Redis holds them, oldest first; empty if none waits
 * @param redelivered whether the jobs were claimed before and not acknowledged: some or all of them
 *     may be persisted
 * @param place where the batch is among the partition's jobs
 * @param gone how many accepted jobs are neither done nor in Redis; each is counted once
 */
public record Claim(List<byte[]> jobs, boolean redelivered, Place place, long gone) {

  Claim(List<byte[]> jobs, boolean redelivered, Place place) {
    this(jobs, redelivered, place, 0);
  }

  static Claim nothing(long gone) {
    return new Claim(List.of(), false, Place.NONE, gone);
  }
}
