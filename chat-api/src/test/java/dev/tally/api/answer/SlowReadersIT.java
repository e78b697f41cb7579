package dev.tally.api.answer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tally.api.ChatApi;
import dev.tally.stack.Ports;
import dev.tally.testkit.Service;
import dev.tally.testkit.TestServers;
import dev.tally.testkit.http.Http;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Clients that ask for long pages and read nothing do not end the process, and do not stop the
 * reads of other apps.
 */
class SlowReadersIT {

  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final Duration BETWEEN_READERS = Duration.ofMillis(50);

  /**
   * The kernel takes the first answers of a connection although the client reads nothing, a few
   * megabytes on loopback. A later one stays in the process.
   */
  private static final int REQUESTS = 200;

  @TempDir private static Path folder;

  private final Queue<Socket> readers = new ConcurrentLinkedQueue<>();
  private Service api;
  private String app = "";
  private String other = "";

  @BeforeEach
  void start() {
    TestServers servers = TestServers.wiped();
    int port = Ports.choose(Set.of());
    List<String> arguments = new ArrayList<>(servers.arguments());
    arguments.addAll(List.of("--server.port=" + port, "--server.address=127.0.0.1"));
    // Answers may take 10 MB. The readers hold it for longer than it takes to fill it.
    arguments.addAll(
        List.of("--TALLY_ANSWER_MEMORY_SHARE=0.05", "--server.tomcat.connection-timeout=20s"));
    api =
        new Service(
            "chat-api",
            port,
            folder,
            Service.java(
                List.of(
                    "-Xmx192m",
                    "-XX:+UseSerialGC",
                    "-XX:+ExitOnOutOfMemoryError",
                    "-XX:TieredStopAtLevel=1"),
                ChatApi.class,
                arguments));
    api.start();
    api.awaitReady();
    LongRows rows = new LongRows(JdbcClient.create(servers.dataSource()));
    app = rows.newApp("Acme");
    rows.messages(app, 1, 1_000, "🎉".repeat(10_000));
    other = rows.newApp("Other");
    rows.messages(other, 1, 20, "🎉".repeat(10_000));
  }

  @AfterEach
  void stop() throws IOException {
    for (Socket reader : readers) {
      reader.close();
    }
    api.close();
  }

  @Test
  void slowReadersOfLongPagesEndNothingAndStopNobodyElse() throws Exception {
    // On a busy machine MySQL is not available to the first of them, and they are cut off before
    // anybody else has asked. So they come until somebody was refused.
    Thread coming = Thread.ofVirtual().start(this::keepComing);
    Http.Answer refused =
        await().atMost(PATIENCE).until(() -> read(app), answer -> answer.body().contains("memory"));
    coming.interrupt();
    coming.join();
    await().atMost(PATIENCE).until(() -> read(other).status() == 200);
    for (int i = 0; i < 10; i++) {
      assertThat(read(other).is(200).json()).hasSize(20);
      Http.get(api.url() + "/apps").is(200);
    }

    refused.isProblem(503, "unavailable", "Service unavailable");
    assertThat(refused.header("Retry-After")).hasValue("2");
    // They are cut off, and so give back the memory.
    await().atMost(PATIENCE).until(() -> read(app).status() == 200);
    await().atMost(PATIENCE).until(() -> metric("tally_answers_bytes{") == 0);
    assertThat(metric("tally_answers_refused_total")).isPositive();
    assertThat(metric("tally_answers_cut_total{application=\"chat-api\",by=\"slow-client\"}"))
        .isPositive();
    assertThat(api.hasEndedByItself()).isFalse();
    assertThat(Files.readString(api.log()))
        .contains("answers that clients have not read yet hold")
        .doesNotContain("OutOfMemory", "ERROR");
  }

  private Http.Answer read(String token) {
    return Http.get(api.url() + "/apps/" + token + "/chats/1/messages?limit=1000");
  }

  private void keepComing() {
    try {
      while (true) {
        readers.add(slowReader());
        Thread.sleep(BETWEEN_READERS);
      }
    } catch (IOException | InterruptedException e) {
      // The test has seen enough, or fails without them.
      Thread.currentThread().interrupt();
    }
  }

  private Socket slowReader() throws IOException {
    Socket socket = new Socket();
    socket.setReceiveBufferSize(4_096);
    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), api.port()), 20_000);
    String request =
        "GET /apps/%s/chats/1/messages?limit=1000 HTTP/1.1\r\nHost: localhost\r\n\r\n"
            .formatted(app);
    socket.getOutputStream().write(request.repeat(REQUESTS).getBytes(StandardCharsets.US_ASCII));
    return socket;
  }

  private double metric(String begin) {
    String line =
        Http.get(api.url() + "/actuator/prometheus")
            .body()
            .lines()
            .filter(text -> text.startsWith(begin))
            .findFirst()
            .orElseThrow();
    return Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1));
  }
}
