package dev.tally.worker.restore;

import dev.tally.common.epoch.Epochs;
import dev.tally.common.partition.PartitionKeys;
import dev.tally.common.partition.RedisLayout;
import dev.tally.worker.index.lifecycle.Reindex;
import dev.tally.worker.lease.WorkerRoll;
import dev.tally.worker.position.PositionRecord;
import org.springframework.stereotype.Component;

/**
 * Makes Redis, MySQL and the search index agree after one of them was restored from a backup, while
 * no worker runs. It may be repeated, and a repetition finds nothing more to do.
 *
 * <p>The counters need nothing: if Redis was restored, its partitions get a new epoch, in which
 * each counter is recovered before its next number.
 */
@Component
public final class Restoration {

  private final WorkerRoll workers;
  private final RedisLayout layout;
  private final Epochs epochs;
  private final PositionRecord record;
  private final LostNumbers numbers;
  private final LostRequests requests;
  private final Reindex reindex;

  Restoration(
      WorkerRoll workers,
      RedisLayout layout,
      Epochs epochs,
      PositionRecord record,
      LostNumbers numbers,
      LostRequests requests,
      Reindex reindex) {
    this.workers = workers;
    this.layout = layout;
    this.epochs = epochs;
    this.record = record;
    this.numbers = numbers;
    this.requests = requests;
    this.reindex = reindex;
  }

  /**
   * What was put right.
   *
   * @param lost what MySQL has lost, now void rows
   * @param forgotten idempotency records of requests that are lost as a whole
   * @param indexed messages in the new search index
   */
  public record Result(Filled lost, long forgotten, long indexed) {}

  /**
   * Runs.
   *
   * @throws IllegalStateException if a worker runs; nothing has happened
   * @throws org.springframework.dao.DataAccessException if Redis, MySQL or Elasticsearch does not
   *     answer; may be repeated
   */
  public Result run(Reindex.Progress progress) {
    int running = workers.live();
    if (running > 0) {
      throw new IllegalStateException(
          "%d workers run, or ended within the last seconds: stop them, wait, and run restore again"
              .formatted(running));
    }
    Filled lost = Filled.NOTHING;
    long forgotten = 0;
    for (int partition = 0; partition < layout.partitions().count(); partition++) {
      PartitionKeys keys = new PartitionKeys(partition);
      epochs.check(keys, 0);
      record.compare(keys);
      lost = lost.plus(numbers.fill(keys));
      forgotten += requests.forget(keys);
    }
    return new Result(lost, forgotten, reindex.run(progress));
  }
}
