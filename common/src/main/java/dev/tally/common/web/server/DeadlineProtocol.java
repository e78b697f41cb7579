package dev.tally.common.web.server;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import org.apache.coyote.http11.Http11NioProtocol;
import org.apache.tomcat.util.net.NioChannel;
import org.apache.tomcat.util.net.NioEndpoint;
import org.apache.tomcat.util.net.NioEndpoint.NioSocketWrapper;
import org.apache.tomcat.util.net.SocketBufferHandler;

/**
 * Tomcat's HTTP/1.1 with a deadline for receiving each request. Tomcat's own timeouts bound each
 * single read, so a client that sends a byte every few seconds could hold a connection for days.
 *
 * <p>The clock starts with the first byte of a request and stops with the first byte of the answer.
 * The unread rest of a body then has the same time again. After the deadline, the next byte ends
 * the connection; if no byte arrives, Tomcat's own timeout ends it.
 *
 * <p>Public with a public constructor because Tomcat creates it by its class name. Connections with
 * TLS have no deadline: Tally leaves TLS to a proxy.
 */
public final class DeadlineProtocol extends Http11NioProtocol {

  public DeadlineProtocol() {
    super(new Endpoint());
  }

  void setRequestTimeout(Duration timeout) {
    ((Endpoint) getEndpoint()).requestTimeout = timeout;
  }

  private static final class Endpoint extends NioEndpoint {

    private volatile Duration requestTimeout = Duration.ZERO;

    @Override
    protected NioChannel createChannel(SocketBufferHandler buffer) {
      return isSSLEnabled()
          ? super.createChannel(buffer)
          : new DeadlineChannel(buffer, requestTimeout);
    }
  }

  /** Tomcat reuses a channel for one connection after another. */
  private static final class DeadlineChannel extends NioChannel {

    private final long timeout;
    private volatile boolean receiving;
    private volatile boolean late;
    private volatile long begin;

    DeadlineChannel(SocketBufferHandler buffer, Duration timeout) {
      super(buffer);
      this.timeout = timeout.toNanos();
    }

    @Override
    public void reset(SocketChannel channel, NioSocketWrapper wrapper) throws IOException {
      receiving = false;
      late = false;
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
      return super.write(from);
    }

    @Override
    public long write(ByteBuffer[] from, int offset, int length) throws IOException {
      receiving = false;
      return super.write(from, offset, length);
    }
  }
}
