package dev.tally.worker.drain;

import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How many jobs a partition's transactions have, as MySQL's pace allows. Logs a change that people
 * should know of, not each step of it.
 */
final class Pace {

  private static final Logger log = LoggerFactory.getLogger(Pace.class);

  /** A size is worth a line in the log if it is smaller than this part of the largest. */
  private static final int NOTABLY_SMALL = 8;

  private final int partition;
  private BatchSize size;
  private boolean small;

  Pace(int partition, DrainProperties properties) {
    this.partition = partition;
    this.size = BatchSize.of(properties.batchJobs(), properties.transactionTarget());
  }

  int jobs() {
    return size.jobs();
  }

  void committed(int jobs, Duration time) {
    resize(size.after(jobs, time));
  }

  void timedOut(int jobs, Duration time) {
    resize(size.afterTimeout(jobs, time));
  }

  private void resize(BatchSize next) {
    size = next;
    if (!small && size.jobs() < size.most() / NOTABLY_SMALL) {
      small = true;
      log.warn(
          "partition {}: transactions take too long, so they have at most {} jobs in place of {};"
              + " find out what slows MySQL down (SHOW PROCESSLIST, row locks, its disk)",
          partition,
          size.jobs(),
          size.most());
    } else if (small && size.jobs() == size.most()) {
      small = false;
      log.info("partition {}: transactions are fast again", partition);
    }
  }
}
