package dev.tally.worker.lease;

import dev.tally.common.partition.PartitionKeys;
import java.time.Duration;
import java.util.List;
import org.springframework.data.redis.core.StringRedisTemplate;

/** A worker whose leases a test of another package acquires and ends. */
public final class LeaseTaker {

  /** Longer than any test. */
  public static final Duration LIFE = Duration.ofHours(1);

  private final WorkerId worker;
  private final LeaseScripts scripts;

  public LeaseTaker(String worker, StringRedisTemplate redis) {
    this.worker = new WorkerId(worker);
    this.scripts = new LeaseScripts(redis);
  }

  public String id() {
    return worker.value();
  }

  public List<String> attend() {
    return scripts.attend(worker, LIFE);
  }

  public void leave() {
    scripts.leave(worker);
  }

  public boolean acquire(PartitionKeys keys) {
    return scripts.acquire(keys, worker, LIFE);
  }

  public boolean renew(PartitionKeys keys) {
    return scripts.renew(keys, worker, LIFE);
  }

  public void release(PartitionKeys keys) {
    scripts.release(keys, worker);
  }

  /** A lease that this worker believes to hold, whether Redis agrees or not. */
  public Lease lease(PartitionKeys keys) {
    return new Lease(keys, worker, LIFE, scripts, System.nanoTime());
  }

  public static void end(Lease lease) {
    lease.end();
  }
}
