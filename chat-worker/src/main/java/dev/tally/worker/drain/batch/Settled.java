package dev.tally.worker.drain.batch;

import dev.tally.common.deadletter.DeadLetter;
import java.util.ArrayList;
import java.util.List;

/** The jobs that add no row: those that were persisted before, and those that never can be. */
final class Settled {

  private final List<Rejection> rejections = new ArrayList<>();
  private int redelivered;
  private int late;

  /** Settles a job whose number has a row: either it is this job's row, or the number is taken. */
  <R extends Row<?>> void add(Siblings.RowJob<R> job, R row) {
    if (row.isOf(job.row())) {
      redelivered++;
    } else {
      reject(job.delivery(), DeadLetter.Reason.NUMBER_TAKEN);
    }
  }

  /** Settles jobs about what has been deleted. */
  void late(int count) {
    late += count;
  }

  /** Rejects all of these jobs. */
  void reject(Siblings<?> siblings, DeadLetter.Reason reason) {
    siblings.jobs().forEach(job -> reject(job.delivery(), reason));
  }

  void reject(Delivery delivery, DeadLetter.Reason reason) {
    rejections.add(Rejection.of(delivery, reason));
  }

  List<Rejection> rejections() {
    return rejections;
  }

  int redelivered() {
    return redelivered;
  }

  int late() {
    return late;
  }
}
