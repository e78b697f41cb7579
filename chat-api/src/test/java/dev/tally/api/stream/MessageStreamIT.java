package dev.tally.api.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tally.api.chat.Chats;
import dev.tally.stack.Server;
import dev.tally.stack.ServerKind;
import dev.tally.testkit.http.EventStream;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.Socket;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class MessageStreamIT {

  private static RunningApi api;
  private static MeterRegistry meters;

  private Chats.Place chat;

  @BeforeAll
  static void start() {
    api =
        new RunningApi(
            "--tally.api.stream.heartbeat=100ms",
            "--tally.api.stream.poll=100ms",
            // So long does a client that takes nothing keep its stream.
            "--server.tomcat.connection-timeout=1s");
    meters = api.bean(MeterRegistry.class);
  }

  @BeforeEach
  void newChat() {
    chat = api.newChat();
  }

  @AfterAll
  static void stop() {
    api.close();
  }

  @Test
  void messagesComeOnceAndInOrderAndASilentStreamHasHeartbeats() {
    api.insert(chat, 1, "eins");
    double before = count("tally.streams.messages");
    long lagBefore = meters.get("tally.lag.stream").timer().count();
    try (EventStream stream = EventStream.open(api.url(chat))) {
      stream.awaitEvents(1);
      await().until(() -> stream.heartbeats() > 1);
      assertThat(meters.get("tally.lag.stream").timer().count()).isEqualTo(lagBefore);

      for (int number = 2; number <= 250; number++) {
        api.insert(chat, number, "x");
      }
      stream.awaitEvents(250);

      for (int i = 0; i < 250; i++) {
        assertThat(stream.numbers().get(i)).isEqualTo(i + 1L);
      }
      assertThat(stream.events()).hasSize(250);
      assertThat(count("tally.streams.messages") - before).isEqualTo(250);
      assertThat(meters.get("tally.lag.stream").timer().count()).isGreaterThan(lagBefore);
    }
  }

  @Test
  void lostMessagesAreSkippedAndShowThatTheStreamIsAlive() {
    for (int number = 1; number <= 1_000; number++) {
      api.insertLost(chat, number);
    }
    api.insert(chat, 1_001, "after a long silence");
    double before = count("tally.streams.messages");
    try (EventStream stream = EventStream.open(api.url(chat))) {
      stream.awaitEvents(1);

      assertThat(stream.numbers()).containsExactly(1_001L);
      assertThat(stream.heartbeats()).isGreaterThanOrEqualTo(10);
      assertThat(count("tally.streams.messages") - before).isEqualTo(1);

      long lagBefore = meters.get("tally.lag.stream").timer().count();
      api.insertLost(chat, 1_002);
      await()
          .until(() -> api.bean(Streams.class).watch(chat.name()).orElseThrow().highest() == 1_002);
      api.insert(chat, 1_003, "here");
      stream.awaitEvents(2);
      assertThat(stream.numbers()).containsExactly(1_001L, 1_003L);
      assertThat(meters.get("tally.lag.stream").timer().count()).isEqualTo(lagBefore + 1);
    }
  }

  @Test
  void aNewStreamShowsMessagesAsTheyReadNow() {
    api.insert(chat, 1, "eins");
    api.insert(chat, 2, "zwei");
    try (EventStream open = EventStream.open(api.url(chat))) {
      open.awaitEvents(2);
      api.edit(chat, 1, "one");
      api.delete(chat, 2);

      try (EventStream stream = EventStream.open(api.url(chat))) {
        assertThat(stream.awaitEvents(2).events())
            .extracting(EventStream.Event::body)
            .containsExactly("one", "");
        assertThat(stream.numbers()).containsExactly(1L, 2L);
      }
      assertThat(open.events()).extracting(EventStream.Event::body).containsExactly("eins", "zwei");
    }
  }

  @Test
  void aStreamOutlivesMySql() {
    Server mariaDb = api.servers().killable(ServerKind.MARIADB);
    try (EventStream stream = EventStream.open(api.url(chat))) {
      mariaDb.kill();
      try {
        double before = count("tally.streams.retries");
        api.bean(Streams.class).watch(chat.name()).orElseThrow().hint(1);
        int heartbeats = stream.heartbeats();
        await()
            .atMost(Duration.ofSeconds(60))
            .until(
                () ->
                    count("tally.streams.retries") >= before + 2
                        && stream.heartbeats() > heartbeats);
      } finally {
        mariaDb.start();
      }
      api.insert(chat, 1, "eins");
      assertThat(stream.awaitEvents(1).numbers()).containsExactly(1L);
    }
  }

  @Test
  void aClientThatGoesEndsItsStream() {
    double before = ended("client");
    EventStream stream = EventStream.open(api.url(chat));
    await().until(() -> stream.heartbeats() > 0);

    stream.close();

    await().atMost(Duration.ofSeconds(30)).until(() -> ended("client") == before + 1);
    await().until(() -> api.bean(Streams.class).watch(chat.name()).isEmpty());
  }

  @Test
  void aClientThatTakesNothingIsCutOff() throws Exception {
    for (int number = 1; number <= 1_500; number++) {
      api.insert(chat, number, "x".repeat(10_000));
    }
    double before = ended("slow-client");

    try (Socket _ = EventStream.unread(api.url(chat))) {
      await().atMost(Duration.ofSeconds(60)).until(() -> ended("slow-client") == before + 1);
    }
  }

  @Test
  void endingTheStreamsOfAChatEndsThemWhole() {
    double before = ended("shutdown");
    try (EventStream stream = EventStream.open(api.url(chat))) {
      api.bean(Streams.class).watch(chat.name()).orElseThrow().end();

      await().until(stream::isWhole);
    }
    await().until(() -> ended("shutdown") == before + 1);
  }

  private static double count(String counter) {
    return meters.get(counter).counter().count();
  }

  private static double ended(String by) {
    return meters.get("tally.streams.ended").tag("by", by).counter().count();
  }
}
