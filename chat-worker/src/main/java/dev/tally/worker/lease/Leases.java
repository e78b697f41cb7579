package dev.tally.worker.lease;

import dev.tally.common.log.LoggedFault;
import dev.tally.common.partition.PartitionKeys;
import dev.tally.common.partition.RedisLayout;
import dev.tally.common.redis.RedisRequirements;
import dev.tally.worker.periodic.PeriodicTask;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Profile;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;

/**
 * Acquires, renews and releases this worker's leases.
 *
 * <p>All workers see the same roll of live workers. Each wants the partitions whose index is its
 * own place in the roll, modulo the roll's length. A worker that joins or dies changes all shares.
 * A lease that is no longer wanted is released after the batch under way; a lease that nobody
 * releases expires.
 */
@Component
@Profile("service")
final class Leases implements OwnedPartitions, SmartLifecycle {

  private static final Logger log = LoggerFactory.getLogger(Leases.class);
  private static final Duration STOP_PATIENCE = Duration.ofSeconds(20);

  private final WorkerId worker = WorkerId.random();
  private final LeaseScripts scripts;
  private final RedisRequirements redis;
  private final RedisLayout layout;
  private final LeasedWork work;
  private final LeaseProperties properties;
  private final Counter acquired;
  private final Counter released;
  private final Counter lost;

  private final Map<Integer, Holding> holdings = new ConcurrentHashMap<>();
  private final PeriodicTask heart;
  private boolean reachable = true;

  /** A lease and the thread that works under it. */
  private record Holding(Lease lease, Thread thread) {}

  Leases(
      LeaseScripts scripts,
      RedisRequirements redis,
      RedisLayout layout,
      LeasedWork work,
      LeaseProperties properties,
      MeterRegistry meters) {
    this.scripts = scripts;
    this.redis = redis;
    this.layout = layout;
    this.work = work;
    this.properties = properties;
    this.heart = new PeriodicTask(log, "leases", properties.heartbeat(), this::beat);
    this.acquired = changes("acquired", meters);
    this.released = changes("released", meters);
    this.lost = changes("lost", meters);
    Gauge.builder("tally.leases", holdings, Map::size)
        .description("Partitions that this worker holds")
        .register(meters);
  }

  private static Counter changes(String change, MeterRegistry meters) {
    return Counter.builder("tally.lease.changes")
        .description("Leases acquired, released or lost")
        .tag("change", change)
        .register(meters);
  }

  @Override
  public Set<Integer> owned() {
    Set<Integer> owned = new HashSet<>();
    holdings.forEach(
        (partition, holding) -> {
          if (holding.lease().held()) {
            owned.add(partition);
          }
        });
    return owned;
  }

  @Override
  public void start() {
    log.info("worker {} starts", worker);
    heart.start(Duration.ZERO);
  }

  private Duration beat() {
    try {
      settle();
      if (!reachable) {
        log.info("Redis is back");
      }
      reachable = true;
    } catch (DataAccessException e) {
      if (reachable) {
        log.warn("Redis cannot be used, leases run out: {}", LoggedFault.line(e));
      }
      reachable = false;
    }
    return properties.heartbeat();
  }

  private void settle() {
    redis.require();
    int partitions = layout.partitions().count();
    List<String> roll = scripts.attend(worker, properties.duration());
    int place = roll.indexOf(worker.value());
    Set<Integer> wanted = new HashSet<>();
    for (int partition = place; partition < partitions; partition += roll.size()) {
      wanted.add(partition);
    }
    for (Holding holding : new TreeMap<>(holdings).values()) {
      if (wanted.contains(holding.lease().keys().partition())) {
        if (!holding.lease().held() || !holding.lease().renew()) {
          holding.lease().end();
        }
      } else {
        // Its thread releases it after the batch under way.
        holding.lease().end();
      }
    }
    for (int partition : wanted) {
      if (!holdings.containsKey(partition)) {
        acquire(new PartitionKeys(partition));
      }
    }
  }

  private void acquire(PartitionKeys keys) {
    long askedAt = System.nanoTime();
    if (!scripts.acquire(keys, worker, properties.duration())) {
      return;
    }
    acquired.increment();
    Lease lease = new Lease(keys, worker, properties.duration(), scripts, askedAt);
    Thread thread =
        Thread.ofVirtual().name("partition-" + keys.partition()).unstarted(() -> workUnder(lease));
    holdings.put(keys.partition(), new Holding(lease, thread));
    thread.start();
  }

  private void workUnder(Lease lease) {
    int partition = lease.keys().partition();
    log.info("partition {} acquired", partition);
    try {
      work.run(lease);
      lease.release();
      released.increment();
      log.info("partition {} released", partition);
    } catch (LeaseLostException | DataAccessException e) {
      lost.increment();
      log.warn("partition {} lost: {}", partition, LoggedFault.line(e));
    } catch (RuntimeException e) {
      lost.increment();
      log.error(
          "work on partition {} failed unexpectedly; a worker acquires it again",
          partition,
          LoggedFault.of(e));
    } finally {
      lease.end();
      holdings.remove(partition);
    }
  }

  /** Waits until each batch under way is committed and acknowledged, then releases all leases. */
  @Override
  public void stop() {
    long deadline = System.nanoTime() + STOP_PATIENCE.toNanos();
    // The heartbeat ends first, because it may be about to acquire one more lease.
    if (!heart.stop(STOP_PATIENCE)) {
      log.warn("the heartbeat did not end in time; its leases will expire");
    }
    try {
      List<Holding> last = List.copyOf(holdings.values());
      last.forEach(holding -> holding.lease().end());
      for (Holding holding : last) {
        while (!holding.thread().join(properties.heartbeat()) && System.nanoTime() - deadline < 0) {
          // A batch may take longer than a lease lasts, and a worker that lost the lease cannot
          // commit.
          renewUnfinished(last);
        }
        join(holding.thread(), deadline);
      }
      scripts.leave(worker);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (DataAccessException e) {
      log.warn("Redis does not answer; this worker's leases will expire");
    }
  }

  private static void renewUnfinished(List<Holding> holdings) {
    for (Holding holding : holdings) {
      try {
        if (holding.thread().isAlive()) {
          // The answer is ignored: the work confirms the lease before its commit.
          boolean _ = holding.lease().renew();
        }
      } catch (DataAccessException e) {
        log.warn("Redis does not answer, leases run out: {}", LoggedFault.line(e));
        return;
      }
    }
  }

  private static void join(Thread thread, long deadline) throws InterruptedException {
    if (!thread.join(Duration.ofNanos(Math.max(1, deadline - System.nanoTime())))) {
      log.warn("{} did not end in time; its leases will expire", thread.getName());
    }
  }

  @Override
  public boolean isRunning() {
    return heart.isRunning();
  }
}
