package dev.tally.worker.retry;

import co.elastic.clients.elasticsearch._types.ElasticsearchException;
import dev.tally.common.search.SearchFault;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.springframework.dao.DataAccessException;
import org.springframework.transaction.TransactionException;
import org.springframework.util.backoff.BackOff;
import org.springframework.util.backoff.BackOffExecution;
import org.springframework.util.backoff.ExponentialBackOff;

/**
 * Repeats work that fails because a server is away, until it succeeds. It logs the first failure in
 * a row and every tenth after it, and the success that ends the row.
 *
 * <p>Only failures of MySQL, Redis and Elasticsearch are repeated. Every other exception reaches
 * the caller at once.
 *
 * <p>Spring's {@code RetryTemplate} does not serve here, for two reasons. Its wait is a sleep,
 * which only an interrupt ends, while this worker's work ends with a lease or at a stop. And it
 * keeps the exception of every attempt until the last one, while an outage may last for days.
 */
public final class Retry {

  /** One failure in so many is logged. */
  private static final int LOGGED = 10;

  /** The wait between two attempts. */
  @FunctionalInterface
  public interface Pause {

    /**
     * Waits. Throws if the work is to end before its next attempt: the retry ends with that
     * exception.
     */
    void await(Duration time);
  }

  private final Logger log;
  private final String work;
  private final BackOff backOff;
  private final Pause pause;
  private final Runnable failed;

  /**
   * Names the work that is to be repeated.
   *
   * @param log where failures are logged
   * @param work what is tried, as the beginning of a log line
   * @param backOff how long the waits are, and when to give up
   * @param pause waits
   * @param failed counts a failure
   */
  public Retry(Logger log, String work, BackOff backOff, Pause pause, Runnable failed) {
    this.log = log;
    this.work = work;
    this.backOff = backOff;
    this.pause = pause;
    this.failed = failed;
  }

  /**
   * Waits that double and have no end.
   *
   * @param first the first wait. Up to half of it more or less is added to each wait, so that
   *     workers that failed together do not return together.
   * @param longest the longest wait, apart from that
   */
  public static BackOff endless(Duration first, Duration longest) {
    ExponentialBackOff backOff = new ExponentialBackOff(first.toMillis(), 2);
    backOff.setMaxInterval(longest.toMillis());
    backOff.setJitter(first.toMillis() / 2);
    return backOff;
  }

  /**
   * Calls the work until it succeeds.
   *
   * @return the result of the attempt that succeeded
   * @throws RuntimeException the last failure of a server if the back-off gives up, what the pause
   *     threw, or any failure that is not a server's
   */
  public <T> T call(Supplier<T> attempt) {
    BackOffExecution waits = backOff.start();
    for (int failures = 0; ; failures++) {
      try {
        T result = attempt.get();
        if (failures > 0) {
          log.info("{} works again after {} failures", work, failures);
        }
        return result;
      } catch (DataAccessException
          | TransactionException
          | UncheckedIOException
          | ElasticsearchException e) {
        failed.run();
        long wait = waits.nextBackOff();
        if (wait == BackOffExecution.STOP) {
          throw e;
        }
        if (failures % LOGGED == 0) {
          log.warn("{} failed and is tried again: {}", work, SearchFault.line(e));
        }
        pause.await(Duration.ofMillis(wait));
      }
    }
  }

  /**
   * Runs the work until it succeeds.
   *
   * @throws RuntimeException as {@link #call} does
   */
  public void run(Runnable attempt) {
    call(
        () -> {
          attempt.run();
          return true;
        });
  }
}
