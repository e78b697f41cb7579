package dev.tally.common.web.server;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Arrays;
import org.apache.coyote.http11.Http11NioProtocol;
import org.apache.tomcat.util.net.NioChannel;
import org.apache.tomcat.util.net.NioEndpoint;
import org.apache.tomcat.util.net.NioEndpoint.NioSocketWrapper;
import org.apache.tomcat.util.net.SocketBufferHandler;

/**
 * Tomcat's HTTP/1.1 with a deadline for receiving each request, and a pace for reading answers.
 * Tomcat's own timeouts bound each single read and write, so a client that sends or takes a few
 * bytes every few seconds could hold a connection, and the memory of its answer, for days.
 *
 * <p>The clock starts with the first byte of a request and stops with the first byte of the answer.
 * The unread rest of a body then has the same time again. After the deadline, the next byte ends
 * the connection; if no byte arrives, Tomcat's own timeout ends it.
 *
 * <p>A client that reads more slowly than its {@link ReadingPace} ends the connection, too.
 *
 * <p>Public with a public constructor because Tomcat creates it by its class name. Connections with
 * TLS have no deadline: Tally leaves TLS to a proxy.
 */
public final class DeadlineProtocol extends Http11NioProtocol {

  /** How far behind a client may be, and how long Tomcat waits for one that reads nothing. */
  private static final Duration ALLOWANCE = Duration.ofSeconds(10);

  public DeadlineProtocol() {
    super(new Endpoint());
  }

  void setRequestTimeout(Duration timeout) {
    ((Endpoint) getEndpoint()).requestTimeout = timeout;
  }

  void setAnswerRate(long bytesPerSecond) {
    ((Endpoint) getEndpoint()).answerRate = bytesPerSecond;
  }

  private static final class Endpoint extends NioEndpoint {

    private volatile Duration requestTimeout = Duration.ZERO;
    private volatile long answerRate = 1;

    @Override
    protected NioChannel createChannel(SocketBufferHandler buffer) {
      return isSSLEnabled()
          ? super.createChannel(buffer)
          : new DeadlineChannel(buffer, requestTimeout, new ReadingPace(answerRate, ALLOWANCE));
    }
  }

  /** Tomcat reuses a channel for one connection after another. */
  private static final class DeadlineChannel extends NioChannel {

    private final long timeout;
    private final ReadingPace pace;
    private volatile boolean receiving;
    private volatile boolean late;
    private volatile long begin;

    DeadlineChannel(SocketBufferHandler buffer, Duration timeout, ReadingPace pace) {
      super(buffer);
      this.timeout = timeout.toNanos();
      this.pace = pace;
    }

    @Override
    public void reset(SocketChannel channel, NioSocketWrapper wrapper) throws IOException {
      receiving = false;
      late = false;
      pace.reset();
      super.reset(channel, wrapper);
    }

    @Override
    public int read(ByteBuffer to) throws IOException {
      int read = super.read(to);
      received(read);
      return read;
    }

    @Override
    public long read(ByteBuffer[] to, int offset, int length) throws IOException {
      long read = super.read(to, offset, length);
      received(read);
      return read;
    }

    private void received(long bytes) throws SocketTimeoutException {
      if (bytes > 0) {
        if (!receiving) {
          begin = System.nanoTime();
          receiving = true;
          pace.reset();
        } else if (System.nanoTime() - begin > timeout) {
          // Stays late: writing the answer about it must not restart the clock.
          late = true;
        }
      }
      if (late) {
        throw new SocketTimeoutException("the request took too long to arrive");
      }
    }

    @Override
    public int write(ByteBuffer from) throws IOException {
      receiving = false;
      pace.begin(System.nanoTime());
      int written = super.write(from);
      pace.end(written, from.hasRemaining(), System.nanoTime());
      return written;
    }

    @Override
    public long write(ByteBuffer[] from, int offset, int length) throws IOException {
      receiving = false;
      pace.begin(System.nanoTime());
      long written = super.write(from, offset, length);
      boolean full =
          Arrays.stream(from, offset, offset + length).anyMatch(ByteBuffer::hasRemaining);
      pace.end(written, full, System.nanoTime());
      return written;
    }
  }
}
