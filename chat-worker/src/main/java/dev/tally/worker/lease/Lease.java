package dev.tally.worker.lease;

import dev.tally.common.partition.PartitionKeys;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * The right to drain one partition, until it ends.
 *
 * <p>What keeps the data right is not the lease: rows are locked, and a job that is persisted twice
 * is persisted once. The lease keeps two workers from doing the same work, and jobs in order.
 */
public final class Lease {

  private final PartitionKeys keys;
  private final WorkerId worker;
  private final Duration duration;
  private final LeaseScripts scripts;
  private final CountDownLatch ended = new CountDownLatch(1);

  /**
   * Until when Redis cannot have given the partition to another worker, on this process's clock.
   */
  private volatile long heldUntil;

  /**
   * @param askedAt {@link System#nanoTime} from before Redis was asked for the lease
   */
  Lease(
      PartitionKeys keys, WorkerId worker, Duration duration, LeaseScripts scripts, long askedAt) {
    this.keys = keys;
    this.worker = worker;
    this.duration = duration;
    this.scripts = scripts;
    this.heldUntil = askedAt + duration.toNanos();
  }

  public PartitionKeys keys() {
    return keys;
  }

  public WorkerId worker() {
    return worker;
  }

  /** Whether the work may go on, as far as this process knows. */
  public boolean held() {
    return ended.getCount() > 0 && System.nanoTime() - heldUntil < 0;
  }

  /**
   * Makes sure, by asking Redis, that the partition is this worker's. It still is when the work has
   * been told to stop: what is under way may be finished.
   *
   * @throws LeaseLostException if it is not
   * @throws org.springframework.dao.DataAccessException if Redis does not answer
   */
  public void confirm() {
    if (!renew()) {
      end();
      throw new LeaseLostException(keys.partition());
    }
  }

  /** Waits; returns early if the lease ends. */
  public void pause(Duration time) {
    try {
      boolean _ = ended.await(time.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      end();
    }
  }

  /** Whether Redis extended the lease. */
  boolean renew() {
    long askedAt = System.nanoTime();
    if (!scripts.renew(keys, worker, duration)) {
      return false;
    }
    heldUntil = askedAt + duration.toNanos();
    return true;
  }

  /** Tells the work to stop. */
  void end() {
    ended.countDown();
  }

  void release() {
    end();
    scripts.release(keys, worker);
  }
}
