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
 * A TCP proxy in front of one server, for one client of it: the link between the two, which a test
 * may break. Passes everything until told otherwise; each of {@link #pass}, {@link #cut}, {@link
 * #stall}, {@link #delay} and {@link #loseAnswers} puts an end to what was before.
 */
public final class Proxy implements AutoCloseable {

  private static final int BUFFER = 64 * 1024;
  private static final Duration PORT_WAIT = Duration.ofSeconds(5);

  private final int port;
  private final int serverPort;

  // guarded by this
  private final Set<Link> links = new HashSet<>();
  private @Nullable ServerSocket listener;
  private boolean stalled;
  private boolean losingAnswers;
  private Duration toServer = Duration.ZERO;
  private Duration toClient = Duration.ZERO;

  /**
   * Starts a proxy that passes everything.
   *
   * @param port the loopback port that the client is told
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

  /** Lets everything through, also what was held back by a stall. */
  public void pass() {
    delay(Duration.ZERO, Duration.ZERO);
  }

  /** Lets everything through, each piece of it so much later. */
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
  public synchronized void close() {
    if (listener != null) {
      closeQuietly(listener);
      listener = null;
    }
    // before what a stall holds back could go on
    resetAll();
    stalled = false;
    notifyAll();
  }

  private void resetAll() {
    links.forEach(Link::reset);
    links.clear();
    losingAnswers = false;
  }

  /** Resets all connections and refuses new ones, until told otherwise. */
  public void cut() {
    close();
  }

  /**
   * Accepts connections and reads from them, but forwards nothing. What both sides have sent
   * meanwhile arrives when the link passes again, also if the connection has been given up by its
   * client: as it is with packets that are sent again until they get through.
   */
  public synchronized void stall() {
    delay(Duration.ZERO, Duration.ZERO);
    stalled = true;
  }

  /**
   * Forwards what the client sends, and loses what the server answers: everything is done, and
   * nobody is told. All connections are reset in the end.
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
    listener = opened;
    Thread.ofVirtual().name("proxy-" + port).start(() -> accept(opened));
  }

  /**
   * A listener that was closed may hold its port for some milliseconds more: until the thread that
   * accepts from it has come out of the kernel.
   */
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
        // closed, or the client was gone before it was accepted
      }
    }
  }

  private synchronized boolean add(Link link, ServerSocket from) {
    // a listener that has been closed may just have accepted one more
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

  /** Forwards a piece, unless it is an answer to be lost. */
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
      // closed is all that it should be
    }
  }

  /** One connection, of two halves. */
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
        // the server is away: so is this connection
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

    /** Ends both halves without a farewell. */
    void reset() {
      for (Socket socket : new Socket[] {client, server}) {
        try {
          if (!socket.isClosed()) {
            socket.setSoLinger(true, 0);
          }
        } catch (IOException e) {
          // it is about to be closed anyway
        }
        closeQuietly(socket);
      }
    }
  }
}
