package dev.tally.system.faults.deployment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tally.stack.Ports;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ProxyTest {

  private final BlockingQueue<Integer> received = new LinkedBlockingQueue<>();
  private ServerSocket server;
  private Proxy proxy;

  /** Starts a server that records and echoes every byte that it receives. */
  @BeforeEach
  void start() throws IOException {
    server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().start(this::serve);
    proxy = new Proxy(Ports.choose(Set.of()), server.getLocalPort());
  }

  @AfterEach
  void stop() throws IOException {
    proxy.close();
    server.close();
  }

  private void serve() {
    while (!server.isClosed()) {
      try {
        Socket connection = server.accept();
        Thread.ofVirtual().start(() -> echo(connection));
      } catch (IOException e) {
        return;
      }
    }
  }

  private void echo(Socket connection) {
    try (connection) {
      int read = connection.getInputStream().read();
      while (read >= 0) {
        received.add(read);
        connection.getOutputStream().write(read);
        read = connection.getInputStream().read();
      }
    } catch (IOException e) {
      // The proxy reset the connection.
    }
  }

  private Socket connect() throws IOException {
    Socket client = new Socket(InetAddress.getLoopbackAddress(), proxy.port());
    client.setSoTimeout(300);
    return client;
  }

  private static int exchange(Socket client, int value) throws IOException {
    client.getOutputStream().write(value);
    return client.getInputStream().read();
  }

  @Test
  void passesBytesBothWaysUntilTheClientCloses() throws Exception {
    try (Socket client = connect()) {
      assertThat(exchange(client, 1)).isEqualTo(1);
      assertThat(exchange(client, 2)).isEqualTo(2);
      client.shutdownOutput();
      assertThat(client.getInputStream().read()).isEqualTo(-1);
    }
  }

  @Test
  void cutResetsOpenConnectionsAndRefusesNewOnesUntilPass() throws Exception {
    try (Socket client = connect()) {
      assertThat(exchange(client, 1)).isEqualTo(1);
      proxy.cut();
      assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(SocketException.class);
    }
    assertThatThrownBy(this::connect).isInstanceOf(ConnectException.class);

    proxy.pass();
    try (Socket client = connect()) {
      assertThat(exchange(client, 2)).isEqualTo(2);
    }
  }

  @Test
  void stallDeliversLateEvenIfTheClientHasClosed() throws Exception {
    try (Socket open = connect()) {
      assertThat(exchange(open, 1)).isEqualTo(1);
      proxy.stall();
      assertThatThrownBy(() -> exchange(open, 2)).isInstanceOf(SocketTimeoutException.class);
      try (Socket fresh = connect()) {
        fresh.getOutputStream().write(3);
      }
      assertThat(received).containsExactly(1);

      proxy.pass();
      assertThat(open.getInputStream().read()).isEqualTo(2);
      received.remove();
      assertThat(received.poll(10, TimeUnit.SECONDS)).isIn(2, 3);
      assertThat(received.poll(10, TimeUnit.SECONDS)).isIn(2, 3);
    }
  }

  @Test
  void cutDropsBytesThatAStallHeldBack() throws Exception {
    try (Socket client = connect()) {
      assertThat(exchange(client, 1)).isEqualTo(1);
      proxy.stall();
      client.getOutputStream().write(2);
      // The proxy reads the byte during this pause.
      Thread.sleep(100);
      proxy.cut();
    }
    proxy.pass();
    try (Socket client = connect()) {
      assertThat(exchange(client, 3)).isEqualTo(3);
    }
    assertThat(received).containsExactly(1, 3);
  }

  @Test
  void loseAnswersDeliversTheRequests() throws Exception {
    try (Socket client = connect()) {
      assertThat(exchange(client, 1)).isEqualTo(1);
      proxy.loseAnswers();
      assertThatThrownBy(() -> exchange(client, 2)).isInstanceOf(SocketTimeoutException.class);
      assertThat(received).containsExactly(1, 2);

      proxy.pass();
      assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(SocketException.class);
    }
    try (Socket client = connect()) {
      assertThat(exchange(client, 3)).isEqualTo(3);
    }
  }

  @Test
  void delayDelaysBothDirections() throws Exception {
    try (Socket client = connect()) {
      client.setSoTimeout(10_000);
      proxy.delay(Duration.ofMillis(100), Duration.ofMillis(50));
      long begin = System.nanoTime();
      assertThat(exchange(client, 1)).isEqualTo(1);
      assertThat(Duration.ofNanos(System.nanoTime() - begin))
          .isGreaterThanOrEqualTo(Duration.ofMillis(150));
    }
  }

  @Test
  void resetsTheClientIfTheServerIsAway() throws Exception {
    server.close();
    try (Socket client = connect()) {
      assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(SocketException.class);
    }
  }
}
