package dev.tally.bench.load;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;

/**
 * Sends requests over many connections. It uses only the caller's thread, because it shares the
 * processors with the servers that it measures. A connection sends its next request only after it
 * has got the answer to the last one.
 *
 * <p>Rates count successes only. Failures are printed.
 */
public final class LoadGenerator {

  private static final long LONGEST_NANOS = Duration.ofMinutes(1).toNanos();
  private static final Duration LAST_ANSWERS = Duration.ofSeconds(10);
  private static final long OPEN_LOOP_NAP = 100_000;

  private static final Listener NOT_WATCHED = (sequence, intended, received, from, end) -> {};

  /** Gets each successful answer, on the load generator's thread. */
  @FunctionalInterface
  public interface Listener {

    /**
     * Gets an answer.
     *
     * @param sequence the number of the request, from 0
     * @param intended the time when the request was due, by {@link System#nanoTime()}
     * @param received the received bytes; they have the answer from {@code from} to {@code end},
     *     but only until this method returns
     */
    void answered(long sequence, long intended, byte[] received, int from, int end);
  }

  private final Target target;
  private final Listener listener;
  private final Histogram latencies = new Histogram(LONGEST_NANOS, 3);
  private final Deque<LoadConnection> idle = new ArrayDeque<>();
  private long sent;
  private long answers;
  private long failures;
  private String firstFailure = "";

  private LoadGenerator(Target target, Listener listener) {
    this.target = target;
    this.listener = listener;
  }

  /** Runs a closed loop: after an answer, a connection sends its next request at once. */
  public static LoadResult closed(Target target, int connections, Duration duration) {
    return new LoadGenerator(target, NOT_WATCHED).run(connections, duration, 0, Long.MAX_VALUE);
  }

  /** Runs a closed loop that ends after a number of requests. */
  public static LoadResult requests(Target target, int connections, long requests) {
    return new LoadGenerator(target, NOT_WATCHED)
        .run(connections, Duration.ofHours(1), 0, requests);
  }

  /**
   * Runs an open loop: requests are due at a fixed rate, whether or not earlier ones have been
   * answered. The latency of a request includes its wait for a free connection.
   *
   * @param connections the highest number of unanswered requests
   * @param rate requests per second
   */
  public static LoadResult open(
      Target target, int connections, double rate, Duration duration, Listener listener) {
    return new LoadGenerator(target, listener).run(connections, duration, rate, Long.MAX_VALUE);
  }

  private LoadResult run(int connections, Duration duration, double rate, long requests) {
    List<LoadConnection> all = new ArrayList<>();
    try (Selector selector = Selector.open()) {
      try {
        for (int i = 0; i < connections; i++) {
          all.add(new LoadConnection(target, selector));
        }
        idle.addAll(all);
        return loop(selector, connections, duration, rate, requests);
      } finally {
        for (LoadConnection connection : all) {
          connection.close();
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("load on " + target.address(), e);
    }
  }

  private LoadResult loop(
      Selector selector, int connections, Duration duration, double rate, long requests)
      throws IOException {
    long cpu = cpu();
    long begin = System.nanoTime();
    long end = begin + duration.toNanos();
    long now = begin;
    while (now < end && (sent < requests || idle.size() < connections)) {
      while (!idle.isEmpty() && sent < requests) {
        long intended = rate == 0 ? now : begin + (long) (sent * 1e9 / rate);
        if (intended > now) {
          break;
        }
        idle.pop().send(sent, intended, target.request(sent));
        sent++;
      }
      if (rate == 0) {
        selector.select(this::ready, 100);
      } else {
        selector.selectNow(this::ready);
        LockSupport.parkNanos(OPEN_LOOP_NAP);
      }
      now = System.nanoTime();
    }
    LoadResult result =
        new LoadResult(
            answers,
            Duration.ofNanos(now - begin),
            Duration.ofNanos(cpu() - cpu),
            latencies.copy());
    // The server must not still work for this load when the next one begins.
    long deadline = now + LAST_ANSWERS.toNanos();
    while (idle.size() < connections && System.nanoTime() < deadline) {
      selector.select(this::ready, 100);
    }
    if (failures > 0) {
      System.err.printf(
          "%,d requests failed and %,d succeeded. The first failure:%n%s%n",
          failures, answers, firstFailure);
    }
    return result;
  }

  private void ready(SelectionKey key) {
    LoadConnection connection = (LoadConnection) key.attachment();
    try {
      connection.ready(
          (sequence, intended, received, from, end) -> {
            if (!target.format().succeeded(received, from, end)) {
              failed(received, from, end);
              return;
            }
            latencies.recordValue(Math.min(LONGEST_NANOS, System.nanoTime() - intended));
            listener.answered(sequence, intended, received, from, end);
            answers++;
          });
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    if (connection.isIdle()) {
      idle.push(connection);
    }
  }

  private void failed(byte[] received, int from, int end) {
    if (failures++ == 0) {
      firstFailure = new String(received, from, Math.min(end - from, 1000), StandardCharsets.UTF_8);
    }
  }

  private static long cpu() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }
}
