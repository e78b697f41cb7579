package dev.tally.worker.drain.batch;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Jobs whose rows have one parent: the chats of an app, or the messages of a chat.
 *
 * @param jobs at least one, in number order, each number once
 */
record Siblings<R extends Row<?>>(List<RowJob<R>> jobs) {

  /** A job, and the row that it adds unless the row exists. */
  record RowJob<R extends Row<?>>(Delivery delivery, R row) {
    long number() {
      return row.number();
    }
  }

  /**
   * Sorts jobs of one parent. A number that comes twice is treated like one that is persisted: the
   * later job is settled.
   *
   * @param jobs at least one, in the order of their delivery
   */
  static <R extends Row<?>> Siblings<R> of(List<RowJob<R>> jobs, Settled settled) {
    if (isAscending(jobs)) {
      return new Siblings<>(jobs);
    }
    List<RowJob<R>> sorted = new ArrayList<>(jobs);
    sorted.sort(Comparator.comparingLong(RowJob::number));
    List<RowJob<R>> once = new ArrayList<>(sorted.size());
    for (RowJob<R> job : sorted) {
      if (once.isEmpty() || once.getLast().number() != job.number()) {
        once.add(job);
      } else {
        settled.add(job, once.getLast().row());
      }
    }
    return new Siblings<>(once);
  }

  /** Whether there is nothing to sort and no number twice, as nearly always. */
  private static <R extends Row<?>> boolean isAscending(List<RowJob<R>> jobs) {
    for (int i = 1; i < jobs.size(); i++) {
      if (jobs.get(i - 1).number() >= jobs.get(i).number()) {
        return false;
      }
    }
    return true;
  }

  /** Whether the numbers are count + 1, count + 2, and so on. */
  boolean continues(long count) {
    return jobs.getFirst().number() == count + 1 && jobs.getLast().number() == count + jobs.size();
  }

  List<Long> numbers() {
    return jobs.stream().map(RowJob::number).toList();
  }
}
