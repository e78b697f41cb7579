package dev.tally.common.redis.topology;

import dev.tally.common.log.LoggedFault;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * Keeps the connections of this process' Redis client at the primary that the Sentinels name.
 * Lettuce asks the Sentinels only when it connects, so its connections would stay at a primary that
 * is frozen or cut off, although the Sentinels have promoted another one.
 *
 * <p>Once a second, and before a connection is opened, it asks all Sentinels at once, and closes
 * the connections that lead to another server. Lettuce then opens them again.
 */
final class FailoverWatch implements SmartLifecycle {

  private static final Logger log = LoggerFactory.getLogger(FailoverWatch.class);

  private static final Duration INTERVAL = Duration.ofSeconds(1);
  private static final Duration STOP_PATIENCE = Duration.ofSeconds(5);

  /** Right after the connections' own phase: ends after everybody who uses Redis. */
  private static final int PHASE = 1;

  private final List<SentinelLink> sentinels;
  private final PrimaryChannels channels;
  private final PrimaryAddresses addresses;
  private final Counter failovers;
  private final CountDownLatch stopped = new CountDownLatch(1);

  /** Held for a look, which takes as long as the slowest Sentinel: a second or two. */
  private final Lock looking = new ReentrantLock();

  private long lookedNanos;
  private @Nullable NamedPrimary present;
  private @Nullable Thread thread;

  FailoverWatch(
      List<SentinelLink> sentinels,
      PrimaryChannels channels,
      PrimaryAddresses addresses,
      MeterRegistry meters) {
    this.sentinels = List.copyOf(sentinels);
    this.channels = channels;
    this.addresses = addresses;
    this.failovers =
        Counter.builder("tally.redis.failovers")
            .description("Times that the Sentinels named another primary than before")
            .register(meters);
    channels.openOnlyTo(this::presentNow);
  }

  /**
   * Looks, so that what was connected before leads to the primary, too. Then watches, in a thread
   * of its own: tasks that use Redis wait for a frozen one.
   */
  @Override
  public void start() {
    lookSafely();
    thread = Thread.ofVirtual().name("failover-watch").start(this::run);
  }

  @Override
  public void stop() {
    stopped.countDown();
    try {
      if (thread != null && !thread.join(STOP_PATIENCE)) {
        log.warn("the Redis Sentinels did not answer in time");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public boolean isRunning() {
    return thread != null && thread.isAlive();
  }

  @Override
  public int getPhase() {
    return PHASE;
  }

  private void run() {
    try {
      while (!stopped.await(INTERVAL.toMillis(), TimeUnit.MILLISECONDS)) {
        lookSafely();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      looking.lock();
      try {
        sentinels.forEach(SentinelLink::close);
      } finally {
        looking.unlock();
      }
    }
  }

  /** A defect must not end the thread. */
  private void lookSafely() {
    try {
      look();
    } catch (RuntimeException e) {
      log.error("Redis' primary could not be watched", LoggedFault.of(e));
    }
  }

  /** Looks once. */
  void look() {
    looking.lock();
    try {
      lookLocked();
    } finally {
      looking.unlock();
    }
  }

  /**
   * The primary, by a look that began after this call.
   *
   * @return empty if no Sentinel has ever named one
   */
  private Optional<NamedPrimary> presentNow() {
    long asked = System.nanoTime();
    looking.lock();
    try {
      // Another connection may have looked while this one waited for the lock.
      if (present == null || lookedNanos - asked < 0) {
        lookLocked();
      }
      return Optional.ofNullable(present);
    } finally {
      looking.unlock();
    }
  }

  private void lookLocked() {
    lookedNanos = System.nanoTime();
    List<NamedPrimary> answers = answers();
    NamedPrimary before = present;
    Optional<NamedPrimary> named = NamedPrimary.latest(answers, sentinels.size(), before);
    if (named.isEmpty()) {
      return;
    }
    NamedPrimary now = named.get();
    present = now;
    addresses.learn(now, answers);
    int closed = closeStrays(now);
    if (before != null && !before.isSameServerAs(now)) {
      failovers.increment();
      log.warn("Redis has failed over from {} to {}", before, now);
    }
    if (closed > 0) {
      log.info(
          "{} connections did not lead to Redis' primary {} and are opened again", closed, now);
    }
  }

  private List<NamedPrimary> answers() {
    List<Future<Optional<NamedPrimary>>> asked;
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      asked = sentinels.stream().map(sentinel -> threads.submit(sentinel::ask)).toList();
    }
    return asked.stream().map(Future::resultNow).flatMap(Optional::stream).toList();
  }

  private int closeStrays(NamedPrimary now) {
    try {
      return channels.closeAllBut(now.resolved());
    } catch (UnknownHostException e) {
      log.debug("the address of {} is not known: {}", now, LoggedFault.line(e));
      return 0;
    }
  }
}
