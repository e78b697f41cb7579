package dev.tally.common.log;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;

/**
 * A warning about a fault that hits every request once it begins. It logs the first one at once,
 * and then at most one in each {@link #INTERVAL}, with the number of those left out. Metrics count
 * all.
 */
public final class RepeatedWarning {

  /** The shortest time between two warnings. */
  public static final Duration INTERVAL = Duration.ofSeconds(5);

  private final Logger log;
  private final LongSupplier nanoTime;
  private final AtomicLong saidAt;
  private final LongAdder unsaid = new LongAdder();

  /**
   * A warning that was never logged.
   *
   * @param log where the warnings go
   */
  public RepeatedWarning(Logger log) {
    this(log, System::nanoTime);
  }

  RepeatedWarning(Logger log, LongSupplier nanoTime) {
    this.log = log;
    this.nanoTime = nanoTime;
    this.saidAt = new AtomicLong(nanoTime.getAsLong() - INTERVAL.toNanos());
  }

  /**
   * Logs the warning, or counts it as left out.
   *
   * @param text called only if the warning is logged
   */
  public void warn(Supplier<String> text) {
    long now = nanoTime.getAsLong();
    long last = saidAt.get();
    if (now - last < INTERVAL.toNanos() || !saidAt.compareAndSet(last, now)) {
      unsaid.increment();
      return;
    }
    long before = unsaid.sumThenReset();
    if (before == 0) {
      log.warn("{}", text.get());
    } else {
      log.warn("{} (and {} more like it before)", text.get(), before);
    }
  }
}
