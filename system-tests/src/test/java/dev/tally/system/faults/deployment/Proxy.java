package dev.tally.system.faults.deployment;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A TCP proxy between one client and one server: the link between them, which a test may break. It
 * passes everything at first. Each of {@link #pass}, {@link #cut}, {@link #stall}, {@link #delay}
 * and {@link #loseAnswers} ends the effect of the previous call.
 */
public final class Proxy implements AutoCloseable {

  private static final int BUFFER = 64 * 1024;
  private static final Duration PORT_WAIT = Duration.ofSeconds(5);

  private final int port;
  private final int serverPort;

  /** A socket that listens, and the thread that accepts its connections. */
  private record Listener(ServerSocket socket, Thread accepting) {}

  // Guarded by this.
  private final Set<Link> links = new HashSet<>();
  private @Nullable Listener listener;
  private boolean stalled;
  private boolean losingAnswers;
  private Duration toServer = Duration.ZERO;
  private Duration toClient = Duration.ZERO;

  /**
   * Starts a proxy that passes everything.
   *
   * @param port the loopback port that the client connects to
   * @param serverPort the loopback port that the server listens on; it need not listen yet
   */
  Proxy(int port, int serverPort) {
    this.port = port;
    this.serverPort = serverPort;
    pass();
  }

  public int port() {
    return port;
  }

  /** Passes everything, including bytes that a stall held back. */
  public void pass() {
    delay(Duration.ZERO, Duration.ZERO);
  }

  /** Passes everything, and delays each piece by these times. */
  public synchronized void delay(Duration toServer, Duration toClient) {
    this.toServer = toServer;
    this.toClient = toClient;
    if (losingAnswers) {
      resetAll();
    }
    stalled = false;
    notifyAll();
    listen();
  }

  /** Resets all connections and refuses new ones. */
  @Override
  public void close() {
    Listener closed;
    synchronized (this) {
      closed = listener;
      if (closed != null) {
        closeQuietly(closed.socket());
        listener = null;
      }
      // Resets the connections first, otherwise bytes that a stall held back could still pass.
      resetAll();
      stalled = false;
      notifyAll();
    }
    if (closed != null) {
      awaitEnd(closed.accepting());
    }
  }

  /** A closed listener goes on listening until the accepting thread has left the kernel. */
  private static void awaitEnd(Thread accepting) {
    try {
      if (!accepting.join(PORT_WAIT)) {
        throw new IllegalStateException(accepting.getName() + " does not end");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void resetAll() {
    links.forEach(Link::reset);
    links.clear();
    losingAnswers = false;
  }

  /** Resets all connections, and refuses new ones until another call. */
  public void cut() {
    close();
  }

  /**
   * Accepts connections and reads from them, but forwards nothing. When the link passes again, all
   * bytes of both sides arrive, even those of a connection that its client has closed.
   * Retransmitted packets arrive in the same way.
   */
  public synchronized void stall() {
    delay(Duration.ZERO, Duration.ZERO);
    stalled = true;
  }

  /**
   * Forwards requests and drops the answers: the server executes every request, and no client
   * learns of it. The next call resets all connections.
   */
  public synchronized void loseAnswers() {
    delay(Duration.ZERO, Duration.ZERO);
    losingAnswers = true;
  }

  private void listen() {
    if (listener != null) {
      return;
    }
    ServerSocket opened = bind();
    Thread accepting = Thread.ofVirtual().name("proxy-" + port).start(() -> accept(opened));
    listener = new Listener(opened, accepting);
  }

  /** Opens the port, and retries: a process that has just ended may still keep it. */
  private ServerSocket bind() {
    long end = System.nanoTime() + PORT_WAIT.toNanos();
    while (true) {
      ServerSocket opened = null;
      try {
        opened = new ServerSocket();
        opened.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 512);
        return opened;
      } catch (IOException e) {
        if (opened != null) {
          closeQuietly(opened);
        }
        if (System.nanoTime() > end) {
          throw new IllegalStateException("no proxy on port " + port, e);
        }
        LockSupport.parkNanos(Duration.ofMillis(5).toNanos());
      }
    }
  }

  private void accept(ServerSocket from) {
    while (!from.isClosed()) {
      try {
        Link link = new Link(from.accept());
        if (add(link, from)) {
          Thread.ofVirtual().name("proxy-" + port + "-link").start(link::run);
        } else {
          link.reset();
        }
      } catch (IOException e) {
        // The listener was closed, or the client left before it was accepted.
      }
    }
  }

  private synchronized boolean add(Link link, ServerSocket from) {
    // A closed listener may have accepted one more connection.
    return !from.isClosed() && links.add(link);
  }

  private synchronized void remove(Link link) {
    links.remove(link);
  }

  /** Waits while stalled. */
  private synchronized void awaitPassing() throws InterruptedException {
    while (stalled) {
      wait();
    }
  }

  /** Forwards a piece, unless it is part of an answer to drop. */
  private void forward(OutputStream out, byte[] buffer, int length, boolean towardsServer)
      throws IOException {
    boolean lost;
    synchronized (this) {
      lost = losingAnswers && !towardsServer;
    }
    if (!lost) {
      out.write(buffer, 0, length);
    }
  }

  private synchronized Duration delay(boolean towardsServer) {
    return towardsServer ? toServer : toClient;
  }

  private static void closeQuietly(AutoCloseable closeable) {
    try {
      closeable.close();
    } catch (Exception e) {
      // It only had to be closed.
    }
  }

  /** One connection: a socket to the client and a socket to the server. */
  private final class Link {

    private final Socket client;
    private final Socket server = new Socket();

    Link(Socket client) {
      this.client = client;
    }

    void run() {
      try {
        awaitPassing();
        server.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), serverPort));
        client.setTcpNoDelay(true);
        server.setTcpNoDelay(true);
        Thread back =
            Thread.ofVirtual()
                .name("proxy-" + port + "-back")
                .start(() -> pump(server, client, false));
        pump(client, server, true);
        back.join();
      } catch (IOException e) {
        // The server is away, so this connection ends, too.
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      } finally {
        reset();
        remove(this);
      }
    }

    private void pump(Socket from, Socket to, boolean towardsServer) {
      byte[] buffer = new byte[BUFFER];
      try {
        InputStream in = from.getInputStream();
        OutputStream out = to.getOutputStream();
        int read = in.read(buffer);
        while (read >= 0) {
          Thread.sleep(delay(towardsServer));
          awaitPassing();
          forward(out, buffer, read, towardsServer);
          read = in.read(buffer);
        }
        awaitPassing();
        to.shutdownOutput();
      } catch (IOException e) {
        reset();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        reset();
      }
    }

    /** Resets both sockets. */
    void reset() {
      for (Socket socket : new Socket[] {client, server}) {
        try {
          if (!socket.isClosed()) {
            socket.setSoLinger(true, 0);
          }
        } catch (IOException e) {
          // It will be closed anyway.
        }
        closeQuietly(socket);
      }
    }
  }
}
