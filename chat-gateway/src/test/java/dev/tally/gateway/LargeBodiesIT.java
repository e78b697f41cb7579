package dev.tally.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tally.testkit.http.Http;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;

/** Clients that announce large bodies and stall. */
class LargeBodiesIT {

  private static final int MEMORY = 1024 * 1024;

  /** Two do not fit into an app's quarter, and five do not fit into all. */
  private static final int LARGE = 220_000;

  private static GatewayFixture fixture;
  private static ConfigurableApplicationContext gateway;

  private final List<Socket> sockets = new ArrayList<>();

  @BeforeAll
  static void start() {
    fixture = new GatewayFixture();
    gateway = fixture.start("--TALLY_BODY_MEMORY=" + MEMORY + "B");
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  @AfterEach
  void hangUp() throws IOException {
    for (Socket socket : sockets) {
      socket.close();
    }
    await().until(() -> held() == 0);
  }

  @Test
  void aStrangersBodyIsNotReadBeforeTheAnswer() throws Exception {
    assertThat(answer(announce("ab".repeat(16), LARGE))).startsWith("HTTP/1.1 404");
    assertThat(answer(announce("ab".repeat(16), 10))).startsWith("HTTP/1.1 404");
    assertThat(held()).isZero();
  }

  @Test
  void anAppThatStallsLeavesRoomToOthers() throws Exception {
    String app = fixture.app(1);
    announce(app, LARGE);
    await().until(() -> held() == LARGE);

    String refused = answer(announce(app, LARGE));

    assertThat(refused).startsWith("HTTP/1.1 429").contains("Retry-After: 1", "rate-limited");
    assertThat(refused).contains("Too many large bodies");
    fixture.say(gateway, app, 1, "small").is(201);
    batch(fixture.app(1), LARGE / 2).is(201);
  }

  @Test
  void allBodiesTogetherAreBounded() throws Exception {
    for (int i = 1; i <= MEMORY / LARGE; i++) {
      announce(fixture.app(1), LARGE);
      int held = i * LARGE;
      await().until(() -> held() == held);
    }
    String app = fixture.app(1);

    Http.Answer refused = batch(app, LARGE);

    refused.isProblem(503, "unavailable", "Service unavailable");
    assertThat(refused.header("Retry-After")).hasValue("1");
    fixture.say(gateway, app, 1, "small").is(201);
    hangUp();
    batch(fixture.app(1), LARGE).is(201);
  }

  @Test
  void aBodyOfUnknownLengthCountsAsTheLongest() throws Exception {
    String app = fixture.app(1);
    send(app, "Content-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n");

    await().until(() -> held() == MEMORY);
  }

  private Socket announce(String app, int length) throws IOException {
    return send(
        app, "Content-Type: application/x-ndjson\r\nContent-Length: " + length + "\r\n\r\n{");
  }

  private Socket send(String app, String rest) throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), GatewayFixture.port(gateway));
    sockets.add(socket);
    socket.setSoTimeout(20_000);
    String request = "POST /apps/%s/chats/1/messages HTTP/1.1\r\nHost: x\r\n".formatted(app);
    socket.getOutputStream().write((request + rest).getBytes(StandardCharsets.US_ASCII));
    return socket;
  }

  /** The first part of the answer, of a connection that is closed or not. */
  private static String answer(Socket socket) throws IOException {
    byte[] bytes = new byte[4096];
    int length = 0;
    while (!new String(bytes, 0, length, StandardCharsets.UTF_8).contains("}")) {
      int read = socket.getInputStream().read(bytes, length, bytes.length - length);
      if (read < 0) {
        break;
      }
      length += read;
    }
    return new String(bytes, 0, length, StandardCharsets.UTF_8);
  }

  private static Http.Answer batch(String app, int length) {
    String line = "{\"body\":\"%s\"}%n".formatted("x".repeat(9_000));
    return fixture.batch(gateway, app, 1, line.repeat(Math.ceilDiv(length, line.length())));
  }

  private static long held() {
    return (long)
        gateway.getBean(MeterRegistry.class).get("tally.body.memory.bytes").gauge().value();
  }
}
