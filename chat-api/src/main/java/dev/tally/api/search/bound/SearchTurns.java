package dev.tally.api.search.bound;

import dev.tally.common.identity.AppToken;
import dev.tally.common.web.problem.ProblemException;
import dev.tally.common.web.problem.ProblemType;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

/**
 * Bounds the searches that Elasticsearch has under way for this process, and for each app among
 * them. A search beyond a bound waits for its turn, first behind those of its app. So an app whose
 * searches are slow has other apps wait for a few of them at most.
 */
@Component
public final class SearchTurns {

  /** As long as a search waits for its answer. */
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(5);

  /** How many searches of an app may wait. Each has a request open, and little more. */
  static final int MOST_WAITING = 50;

  private static final Duration RETRY = Duration.ofSeconds(2);

  private final SearchProperties properties;
  private final Duration longestWait;
  private final Semaphore turns;
  private final Counter refused;
  private final Counter refusedApp;

  /** Guarded by itself. */
  private final Map<AppToken, AppTurns> byApp = new HashMap<>();

  /** The turns of an app that has searches here. */
  private static final class AppTurns {

    private final Semaphore turns;

    /** How many searches have a turn or wait for one. */
    private int searches;

    AppTurns(int limit) {
      turns = new Semaphore(limit, /* fair= */ true);
    }
  }

  @Autowired
  SearchTurns(SearchProperties properties, MeterRegistry meters) {
    this(properties, LONGEST_WAIT, meters);
  }

  SearchTurns(SearchProperties properties, Duration longestWait, MeterRegistry meters) {
    this.properties = properties;
    this.longestWait = longestWait;
    this.turns = new Semaphore(properties.limit(), /* fair= */ true);
    Gauge.builder("tally.search.open", () -> properties.limit() - turns.availablePermits())
        .description("Searches that this process waits for")
        .register(meters);
    Gauge.builder("tally.search.limit", properties::limit)
        .description("The maximum number of searches that this process waits for")
        .register(meters);
    this.refused = counter("process", meters);
    this.refusedApp = counter("app", meters);
  }

  private static Counter counter(String bound, MeterRegistry meters) {
    return Counter.builder("tally.search.refused")
        .description("Searches that got no turn in time")
        .tag("by", bound)
        .register(meters);
  }

  /** The turn of one search, until it is closed. */
  @FunctionalInterface
  public interface Turn extends AutoCloseable {
    @Override
    void close();
  }

  /**
   * Waits for the turn of a search.
   *
   * @throws ProblemException 429 if the app's own searches take too long, or too many wait; 503 if
   *     those of all apps take too long
   */
  public Turn take(AppToken app) {
    long end = System.nanoTime() + longestWait.toNanos();
    AppTurns own = enter(app);
    try {
      if (!acquire(own.turns, end)) {
        throw tooManyOfApp();
      }
      if (!acquire(turns, end)) {
        own.turns.release();
        refused.increment();
        throw ProblemException.retryable(
            ProblemType.UNAVAILABLE, "This server has too many searches under way.", RETRY);
      }
    } catch (ProblemException e) {
      leave(app, own);
      throw e;
    }
    return () -> {
      turns.release();
      own.turns.release();
      leave(app, own);
    };
  }

  private AppTurns enter(AppToken app) {
    synchronized (byApp) {
      AppTurns own = byApp.computeIfAbsent(app, _ -> new AppTurns(properties.limitPerApp()));
      if (own.searches == properties.limitPerApp() + MOST_WAITING) {
        throw tooManyOfApp();
      }
      own.searches++;
      return own;
    }
  }

  private ProblemException tooManyOfApp() {
    refusedApp.increment();
    return ProblemException.retryable(
        ProblemType.RATE_LIMITED,
        "The app has too many searches under way: send fewer at once.",
        RETRY);
  }

  private void leave(AppToken app, AppTurns own) {
    synchronized (byApp) {
      own.searches--;
      if (own.searches == 0) {
        byApp.remove(app);
      }
    }
  }

  private static boolean acquire(Semaphore turns, long end) {
    try {
      return turns.tryAcquire(end - System.nanoTime(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
