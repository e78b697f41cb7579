package dev.tally.worker.lease;

import dev.tally.common.partition.PartitionKeys;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * The right to drain one partition, until it ends.
 *
 * <p>The lease does not keep the data right. Row locks do that, and a job that is delivered twice
 * is persisted once. The lease keeps two workers from doing the same work, and it keeps jobs in
 * order.
 */
public final class Lease {

  private final PartitionKeys keys;
  private final WorkerId worker;
  private final Duration duration;
  private final LeaseScripts scripts;
  private final CountDownLatch ended = new CountDownLatch(1);

  /**
   * The time on this process's clock until which Redis cannot give the partition to another worker.
   */
  private volatile long heldUntil;

  /**
   * @param askedAt {@link System#nanoTime} before Redis was asked for the lease
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
   * Asks Redis whether this worker still holds the lease, and extends it. A worker that was told to
   * stop still holds the lease, so that it can finish the batch under way.
   *
   * @throws LeaseLostException if this worker does not hold the lease
   * @throws org.springframework.dao.DataAccessException if Redis does not answer
   */
  public void confirm() {
    if (!renew()) {
      end();
      throw new LeaseLostException(keys.partition());
    }
  }

  /**
   * Confirms the lease like {@link #confirm}, and asks Redis whether it is still the same process.
   * One that has started since may have lost its latest writes.
   *
   * @param run the name of the process
   * @return whether it is
   * @throws LeaseLostException if this worker does not hold the lease
   * @throws org.springframework.dao.DataAccessException if Redis does not answer
   */
  public boolean confirmIn(String run) {
    long askedAt = System.nanoTime();
    LeaseScripts.Renewal renewal = scripts.renew(keys, worker, duration, run);
    if (renewal == LeaseScripts.Renewal.LOST) {
      end();
      throw new LeaseLostException(keys.partition());
    }
    heldUntil = askedAt + duration.toNanos();
    return renewal == LeaseScripts.Renewal.HELD;
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
