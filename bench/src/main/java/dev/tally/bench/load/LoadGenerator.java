package dev.tally.bench.load;

import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
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

  /**
   * The result of a load.
   *
   * @param answers the number of successful answers that came in time
   * @param latencies in nanoseconds; from sending in a closed loop, from the due time in an open
   *     one
   */
  public record Result(long answers, Duration elapsed, Histogram latencies) {

    /** Answers per second. */
    public double rate() {
      return answers * 1e9 / elapsed.toNanos();
    }
  }

  private final Target target;
  private final int connections;
  private final Duration duration;
  private final long requests;
  private final double rate;

  private final Histogram latencies = new Histogram(LONGEST_NANOS, 3);
  private final Deque<Connection> idle = new ArrayDeque<>();
  private long sent;
  private long answers;
  private long failures;
  private String firstFailure = "";

  private LoadGenerator(
      Target target, int connections, Duration duration, long requests, double rate) {
    this.target = target;
    this.connections = connections;
    this.duration = duration;
    this.requests = requests;
    this.rate = rate;
  }

  /** Runs a closed loop: after an answer, a connection sends its next request at once. */
  public static Result closed(Target target, int connections, Duration duration) {
    return new LoadGenerator(target, connections, duration, Long.MAX_VALUE, 0).run();
  }

  /** Runs a closed loop that ends after a number of requests. */
  public static Result requests(Target target, int connections, long requests) {
    return new LoadGenerator(target, connections, Duration.ofHours(1), requests, 0).run();
  }

  /**
   * Runs an open loop: requests are due at a fixed rate, whether or not earlier ones have been
   * answered. The latency of a request includes its wait for a free connection, and up to a
   * millisecond until the load generator looks at the clock.
   *
   * @param connections the highest number of unanswered requests
   * @param rate requests per second
   */
  public static Result open(Target target, int connections, double rate, Duration duration) {
    return new LoadGenerator(target, connections, duration, Long.MAX_VALUE, rate).run();
  }

  private Result run() {
    try (Selector selector = Selector.open()) {
      try {
        for (int i = 0; i < connections; i++) {
          idle.add(new Connection(selector));
        }
        return run(selector);
      } finally {
        for (SelectionKey key : selector.keys()) {
          key.channel().close();
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("load on port " + target.port(), e);
    }
  }

  private Result run(Selector selector) throws IOException {
    long begin = System.nanoTime();
    long end = begin + duration.toNanos();
    long now = begin;
    while (now < end && (sent < requests || idle.size() < connections)) {
      sendDue(begin, now);
      selector.select(this::receive, 1);
      now = System.nanoTime();
    }
    Result result = new Result(answers, Duration.ofNanos(now - begin), latencies.copy());
    // The server must not still work for this load when the next one begins.
    long deadline = now + LAST_ANSWERS.toNanos();
    while (idle.size() < connections && System.nanoTime() < deadline) {
      selector.select(this::receive, 1);
    }
    if (failures > 0) {
      System.err.printf(
          "%,d requests failed and %,d succeeded. The first failure:%n%s%n",
          failures, answers, firstFailure);
    }
    return result;
  }

  private void sendDue(long begin, long now) throws IOException {
    while (!idle.isEmpty() && sent < requests) {
      long due = rate == 0 ? now : begin + (long) (sent * 1e9 / rate);
      if (due > now) {
        return;
      }
      byte[] request = target.requests().get((int) (sent++ % target.requests().size()));
      idle.pop().send(request, due);
    }
  }

  private void receive(SelectionKey key) {
    try {
      ((Connection) key.attachment()).receive();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void answered(long due, byte[] received, int end) {
    if (HttpFormat.isSuccess(received)) {
      answers++;
      latencies.recordValue(Math.min(LONGEST_NANOS, System.nanoTime() - due));
    } else if (failures++ == 0) {
      firstFailure = new String(received, 0, end, StandardCharsets.UTF_8);
    }
  }

  /** A connection, with at most one unanswered request. */
  private final class Connection {

    private final SocketChannel channel;
    private ByteBuffer received = ByteBuffer.allocate(4096);
    private final Selector selector;
    private long due;
    private boolean awaits;

    Connection(Selector selector) throws IOException {
      this.selector = selector;
      channel =
          SocketChannel.open(
              new InetSocketAddress(InetAddress.getLoopbackAddress(), target.port()));
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
      channel.configureBlocking(false);
      channel.register(selector, SelectionKey.OP_READ, this);
    }

    void send(byte[] request, long dueAt) throws IOException {
      due = dueAt;
      awaits = true;
      ByteBuffer out = ByteBuffer.wrap(request);
      // A request fits into the buffer of a socket without unsent bytes, so this does not spin.
      while (out.hasRemaining()) {
        channel.write(out);
      }
    }

    /** Receives what has come, and counts the answer once it is complete. */
    void receive() throws IOException {
      if (!received.hasRemaining()) {
        int full = received.capacity();
        received = ByteBuffer.wrap(Arrays.copyOf(received.array(), 4 * full)).position(full);
      }
      if (channel.read(received) < 0) {
        replace();
        return;
      }
      int end = HttpFormat.end(received.array(), received.position());
      if (end >= 0) {
        answered(due, received.array(), end);
        received.clear();
        awaits = false;
        idle.push(this);
      }
    }

    /** A server closes a connection that it has got no request on for long. */
    private void replace() throws IOException {
      if (awaits) {
        throw new EOFException("the server closed a connection without an answer");
      }
      channel.close();
      idle.remove(this);
      idle.add(new Connection(selector));
    }
  }
}
