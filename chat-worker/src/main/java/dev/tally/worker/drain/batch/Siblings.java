package dev.tally.worker.drain.batch;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Jobs whose rows have one parent: the chats of an app, or the messages of a chat.
 *
 * @param jobs at least one, in number order; those with one number in the order of their delivery
 */
record Siblings<R extends Row<?>>(List<RowJob<R>> jobs) {

  /** A job, and the row that it adds unless the row exists. */
  record RowJob<R extends Row<?>>(Delivery delivery, R row) {
    long number() {
      return row.number();
    }
  }

  /**
   * @param jobs at least one, in the order of their delivery
   */
  static <R extends Row<?>> Siblings<R> of(List<RowJob<R>> jobs) {
    List<RowJob<R>> sorted = new ArrayList<>(jobs);
    sorted.sort(Comparator.comparingLong(RowJob::number));
    return new Siblings<>(sorted);
  }

  /** Whether the numbers are count + 1, count + 2, and so on, each once. */
  boolean continues(long count) {
    long next = count + 1;
    for (RowJob<R> job : jobs) {
      if (job.number() != next) {
        return false;
      }
      next++;
    }
    return true;
  }

  /** The numbers, in order, each once: a join with one that is there twice finds its rows twice. */
  List<Long> numbers() {
    return jobs.stream().map(RowJob::number).distinct().toList();
  }
}
