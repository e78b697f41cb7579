package dev.tally.system.resilience;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tally.system.RunningTally;
import dev.tally.system.TallyClient;
import dev.tally.testkit.http.Http;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.context.ConfigurableApplicationContext;

/** A client that sends a byte now and then holds a connection for a limited time. */
class SlowClientIT {

  private static final int MAX_CONNECTIONS = 40;

  /**
   * Sent ten a second, these bytes take much longer than the services allow, and no pause is as
   * long as a read timeout.
   */
  private static final int BYTES = 400;

  private static RunningTally running;
  private static ConfigurableApplicationContext api;
  private static ConfigurableApplicationContext gateway;

  @BeforeAll
  static void start() {
    running = RunningTally.shared();
    String[] bounds = {
      "--TALLY_REQUEST_TIMEOUT=2s",
      "--server.tomcat.connection-timeout=20s",
      "--server.tomcat.max-connections=" + MAX_CONNECTIONS
    };
    api = running.startApi(bounds);
    gateway = running.startGateway(bounds);
  }

  @AfterAll
  static void stop() {
    gateway.close();
    api.close();
  }

  private static List<URI> services() {
    return Stream.of(api, gateway).map(RunningTally::url).map(URI::create).toList();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "\r\n",
        "GET /apps/",
        "GET /apps HTTP/1.1\r\nHost: localhost\r\nX-",
        "GET /apps HTTP/1.1\r\nHost: localhost\r\nX-Slow: "
      })
  void aClientWithSlowHeadersIsCutOff(String begin) throws Exception {
    for (URI service : services()) {
      assertThat(dribble(service, begin, "x")).as(service.toString()).isEmpty();
    }
  }

  @Test
  void aClientThatSendsOnlyBlankLinesIsCutOff() throws Exception {
    for (URI service : services()) {
      assertThat(dribble(service, "", "\r\n")).as(service.toString()).isEmpty();
    }
  }

  @Test
  void aClientWithASlowBodyGets408AndIsCutOff() throws Exception {
    TallyClient tally = TallyClient.of(running);
    String app = tally.newApp();
    long chat = tally.newChat(app);
    String messages = "/apps/%s/chats/%d/messages".formatted(app, chat);
    String json = "Host: localhost\r\nContent-Type: application/json\r\n";

    for (String answer :
        new String[] {
          dribble(
              URI.create(RunningTally.url(api)),
              "POST /apps HTTP/1.1\r\n" + json + "Content-Length: 9999\r\n\r\n{\"name\":\"",
              "x"),
          dribble(
              URI.create(RunningTally.url(gateway)),
              "POST " + messages + " HTTP/1.1\r\n" + json + "Content-Length: 9999\r\n\r\n",
              "x"),
          dribble(
              URI.create(RunningTally.url(gateway)),
              "POST " + messages + " HTTP/1.1\r\n" + json + "Transfer-Encoding: chunked\r\n\r\n",
              "1\r\nx\r\n")
        }) {
      assertThat(answer)
          .startsWith("HTTP/1.1 408")
          .contains("Connection: close", "application/problem+json", "request-timeout");
    }
    assertThat(tally.say(app, chat, "the first message")).isEqualTo(1);
  }

  @Test
  void theUnreadRestOfABodyHasADeadlineToo() throws Exception {
    for (URI service : services()) {
      String answer =
          dribble(
              service,
              "POST /nowhere HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999\r\n\r\n",
              "x");

      assertThat(answer).startsWith("HTTP/1.1 404").contains("no-such-route");
    }
  }

  @Test
  void otherClientsAreServedDuringAndAfterASlowAttack() throws Exception {
    TallyClient tally = new TallyClient(RunningTally.url(api), RunningTally.url(gateway));
    String app = tally.newApp();
    for (URI service : services()) {
      try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
        List<Future<String>> slow = slowClients(threads, service, MAX_CONNECTIONS / 2);

        Http.get(tally.appUrl(app)).is(200);
        tally.newChat(app);

        for (Future<String> client : slow) {
          assertThat(client.get()).isEmpty();
        }
        // These clients use up all connections and more, so the next request waits until they are
        // cut off.
        slow = slowClients(threads, service, MAX_CONNECTIONS + 20);

        Http.get(tally.appUrl(app)).is(200);
        tally.newChat(app);

        for (Future<String> client : slow) {
          assertThat(client.get()).isEmpty();
        }
      }
    }
  }

  private static List<Future<String>> slowClients(ExecutorService threads, URI service, int count)
      throws InterruptedException {
    List<Future<String>> clients = new ArrayList<>();
    CountDownLatch begun = new CountDownLatch(count);
    for (int i = 0; i < count; i++) {
      clients.add(
          threads.submit(
              () -> {
                begun.countDown();
                return dribble(service, "GET /apps HTTP/1.1\r\nX-", "x");
              }));
    }
    begun.await();
    return clients;
  }

  /** Sends a request bit by bit, and returns the answer when the server ends the connection. */
  private static String dribble(URI service, String begin, String bit) throws Exception {
    ByteArrayOutputStream answer = new ByteArrayOutputStream();
    try (Socket socket = new Socket(service.getHost(), service.getPort())) {
      socket.setTcpNoDelay(true);
      socket.setSoTimeout(100);
      socket.getOutputStream().write(begin.getBytes(StandardCharsets.US_ASCII));
      for (int i = 0; i < BYTES; i++) {
        if (isEnded(socket.getInputStream(), answer)) {
          return answer.toString(StandardCharsets.UTF_8);
        }
        socket.getOutputStream().write(bit.getBytes(StandardCharsets.US_ASCII));
      }
    } catch (SocketException e) {
      return answer.toString(StandardCharsets.UTF_8);
    }
    throw new AssertionError("the connection is still open; it has received: " + answer);
  }

  /**
   * Reads the bytes that arrive within a tenth of a second, and returns whether the connection
   * ended.
   */
  private static boolean isEnded(InputStream in, ByteArrayOutputStream answer) throws IOException {
    try {
      int next = in.read();
      if (next < 0) {
        return true;
      }
      answer.write(next);
      answer.write(in.readNBytes(in.available()));
      return false;
    } catch (SocketTimeoutException e) {
      return false;
    }
  }
}
