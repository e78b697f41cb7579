package dev.tally.common.web.server;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.util.unit.DataSize;

class DeadlineProtocolIT {

  private static final Duration TIMEOUT = Duration.ofSeconds(1);
  private static final DataSize RATE = DataSize.ofGigabytes(1);
  private static final Duration LONGER = TIMEOUT.multipliedBy(2);

  /** At 3 MB a second, the answer of these blocks takes minutes. */
  private static final int LONG_BLOCKS = 10_000;

  private static final String GET = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";

  private static final BlockingQueue<String> bodies = new LinkedBlockingQueue<>();
  private static EmbeddedTomcat tomcat;

  @BeforeAll
  static void start() {
    tomcat =
        EmbeddedTomcat.start(
            new ServerConfiguration().boundedServer(new ConnectionProperties(TIMEOUT, RATE, "")),
            (request, response) -> {
              if (request.getRequestURI().equals("/slow")) {
                sleep(LONGER);
              }
              if (request.getRequestURI().equals("/long")) {
                writeLong(response.getOutputStream());
                return;
              }
              try {
                bodies.add(
                    new String(request.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
              } catch (IOException e) {
                bodies.add("cut by " + requireNonNull(e.getCause()).getClass().getSimpleName());
                throw e;
              }
              response.setContentLength(2);
              response.getOutputStream().print("ok");
            });
  }

  @AfterAll
  static void stop() {
    tomcat.close();
  }

  @Test
  void headersThatComeInByteByByteEndTheConnection() throws Exception {
    try (Socket socket = tomcat.connect()) {
      EmbeddedTomcat.send(socket, "GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ");

      assertThat(trickleUntilClosed(socket)).isGreaterThan(TIMEOUT.minusMillis(300));
    }
  }

  @Test
  void aBodyThatComesInByteByByteEndsItsRequest() throws Exception {
    bodies.clear();
    try (Socket socket = tomcat.connect()) {
      EmbeddedTomcat.send(socket, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n");

      assertThat(trickleUntilClosed(socket)).isGreaterThan(TIMEOUT.minusMillis(300));
      assertThat(bodies.poll(20, TimeUnit.SECONDS)).isEqualTo("cut by SocketTimeoutException");
    }
  }

  @Test
  void aConnectionMayRestBetweenRequests() throws Exception {
    try (Socket socket = tomcat.connect()) {
      for (int i = 0; i < 2; i++) {
        EmbeddedTomcat.send(socket, GET);
        assertThat(statusLine(socket)).startsWith("HTTP/1.1 200");
        sleep(LONGER);
      }
      EmbeddedTomcat.send(socket, GET);
      assertThat(statusLine(socket)).startsWith("HTTP/1.1 200");
    }
  }

  @Test
  void anAnswerMayTakeLongerThanTheRequest() throws Exception {
    try (Socket socket = tomcat.connect()) {
      EmbeddedTomcat.send(socket, GET.replace("/ ", "/slow "));
      assertThat(statusLine(socket)).startsWith("HTTP/1.1 200");

      EmbeddedTomcat.send(socket, GET);
      assertThat(statusLine(socket)).startsWith("HTTP/1.1 200");
    }
  }

  /** No single write of this answer waits for long. */
  @Test
  void aClientThatReadsTooSlowlyIsCutOff() throws Exception {
    bodies.clear();
    try (Socket socket = tomcat.connect()) {
      EmbeddedTomcat.send(socket, GET.replace("/ ", "/long "));
      InputStream in = socket.getInputStream();
      byte[] some = new byte[64 * 1024];

      try {
        while (bodies.isEmpty() && in.read(some) > 0) {
          sleep(Duration.ofMillis(20));
        }
      } catch (SocketException e) {
        // The connection was cut.
      }

      assertThat(bodies.poll(20, TimeUnit.SECONDS)).isEqualTo("cut by SocketTimeoutException");
    }
  }

  private static void writeLong(OutputStream out) throws IOException {
    try {
      for (int i = 0; i < LONG_BLOCKS; i++) {
        out.write(new byte[64 * 1024]);
      }
      bodies.add("written");
    } catch (IOException e) {
      bodies.add("cut by " + requireNonNull(e.getCause()).getClass().getSimpleName());
      throw e;
    }
  }

  /** Tomcat uses the channels of closed connections again. */
  @Test
  void connectionsAfterALateOneAreServed() throws Exception {
    for (int i = 0; i < 3; i++) {
      try (Socket late = tomcat.connect()) {
        EmbeddedTomcat.send(late, "GET / HTTP/1.1\r\nX: ");
        trickleUntilClosed(late);
      }
    }
    for (int i = 0; i < 10; i++) {
      try (Socket socket = tomcat.connect()) {
        EmbeddedTomcat.send(socket, GET);
        assertThat(statusLine(socket)).startsWith("HTTP/1.1 200");
      }
    }
  }

  /** Sends a byte every 50 ms, until Tomcat closes the connection. */
  private static Duration trickleUntilClosed(Socket socket) throws IOException {
    long begin = System.nanoTime();
    socket.setSoTimeout(50);
    while (passed(begin).compareTo(Duration.ofSeconds(20)) < 0) {
      try {
        EmbeddedTomcat.send(socket, "x");
        if (socket.getInputStream().read() < 0) {
          return passed(begin);
        }
      } catch (SocketTimeoutException e) {
        // There is no answer yet.
      } catch (SocketException e) {
        return passed(begin);
      }
    }
    throw new AssertionError("the connection was never closed");
  }

  private static Duration passed(long begin) {
    return Duration.ofNanos(System.nanoTime() - begin);
  }

  /** Reads an answer to its end, and returns its first line. */
  private static String statusLine(Socket socket) throws IOException {
    BufferedReader in =
        new BufferedReader(
            new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
    String status = in.readLine();
    assertThat(status).as("an answer").isNotNull();
    while (!in.readLine().isEmpty()) {
      // Skips the headers.
    }
    assertThat("" + (char) in.read() + (char) in.read()).isEqualTo("ok");
    return status;
  }

  private static void sleep(Duration time) {
    try {
      Thread.sleep(time);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }
}
