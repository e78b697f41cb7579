package dev.tally.system.contract.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tally.testkit.http.EventStream;
import dev.tally.testkit.http.Http;
import java.lang.management.ManagementFactory;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;

/** What streams may cost: memory, threads, connections, and their number. */
class StreamLimitsIT extends StreamFixture {

  @Test
  void aClientThatDoesNotReadIsCutOffWithoutBuffering() throws Exception {
    int count = 3_000;
    take(count);
    insert(1, count, "x".repeat(9_000));
    ConfigurableApplicationContext api =
        api("--server.tomcat.connection-timeout=2s", "--tally.api.stream.heartbeat=200ms");
    try (Socket sleeper = EventStream.unread(url(api))) {
      assertThat(sleeper.isConnected()).isTrue();
      await()
          .atMost(Duration.ofMinutes(1))
          .until(() -> metric(api, "tally_streams_ended_total", "by=\"slow-client\"") == 1);
    }

    // The sockets of both sides hold a few megabytes, out of 27.
    assertThat(metric(api, "tally_streams_messages_total", "")).isBetween(1.0, count * 0.8);
    assertThat(metric(api, "tally_streams_open", "")).isZero();
    EventStream reader = closed(EventStream.open(url(api))).awaitEvents(count);
    assertThat(reader.numbers()).isEqualTo(oneTo(count));
  }

  @Test
  void theStreamsOfAServerAreLimited() {
    ConfigurableApplicationContext api =
        api("--TALLY_STREAM_LIMIT=3", "--tally.api.stream.heartbeat=100ms");
    List<EventStream> streams = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      streams.add(closed(EventStream.open(url(api))));
    }

    Http.Answer refused = Http.get(url(api)).isProblem(503, "unavailable", "Service unavailable");

    assertThat(refused.header("Retry-After")).hasValue("5");
    streams.getFirst().close();
    await().until(() -> metric(api, "tally_streams_open", "") == 2);
    closed(EventStream.open(url(api)));
  }

  @Test
  void theStreamsOfAnAppAreLimited() {
    ConfigurableApplicationContext api =
        api("--TALLY_STREAM_LIMIT_PER_APP=2", "--tally.api.stream.heartbeat=100ms");
    EventStream first = closed(EventStream.open(url(api)));
    closed(EventStream.open(url(api)));

    Http.Answer refused = Http.get(url(api)).isProblem(429, "rate-limited", "Too many requests");

    assertThat(refused.header("Retry-After")).hasValue("5");
    String own = app;
    newChat();
    closed(EventStream.open(url(api)));
    app = own;
    first.close();
    await().until(() -> metric(api, "tally_streams_open", "") == 2);
    closed(EventStream.open(url(api)));
  }

  @Test
  void manySilentStreamsUseNoThreadsAndNoMySqlConnections() {
    int count = 1_500;
    ConfigurableApplicationContext api =
        api(
            "--TALLY_STREAM_LIMIT_PER_APP=2000",
            "--TALLY_STREAM_LIMIT_PER_ADDRESS=2000",
            "--spring.datasource.hikari.maximum-pool-size=4");
    int threads = ManagementFactory.getThreadMXBean().getThreadCount();
    Map<EventStream, Long> streams = new HashMap<>();
    for (long i = 1; i <= 30; i++) {
      chat = tally.newChat(app);
    }
    tally.awaitChats(app, chat);
    for (int i = 0; i < count; i++) {
      chat = 1L + i % 31;
      streams.put(closed(EventStream.open(url(api))), chat);
    }

    assertThat(metric(api, "tally_streams_open", "")).isEqualTo(count);
    assertThat(ManagementFactory.getThreadMXBean().getThreadCount()).isLessThan(threads + 50);
    await().until(() -> metric(api, "hikaricp_connections_active", "") == 0);
    for (long i = 1; i <= 31; i++) {
      tally.say(app, i, "to chat " + i);
    }
    streams.forEach(
        (stream, number) ->
            assertThat(stream.awaitEvents(1).events().getFirst().body())
                .isEqualTo("to chat " + number));
  }
}
