package dev.tally.api.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tally.api.chat.Chats;
import dev.tally.testkit.http.EventStream;
import dev.tally.testkit.http.Http;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** When streams end, and who may open none. */
class StreamEndIT {

  @Test
  void aClientThatIsGoneIsNoticedAtTheNextHeartbeat() {
    try (RunningApi api = new RunningApi("--tally.api.stream.heartbeat=10s")) {
      Chats.Place chat = api.newChat();
      EventStream stream = EventStream.open(api.url(chat));
      await().atMost(Duration.ofSeconds(30)).until(() -> stream.heartbeats() > 0);

      stream.close();

      // The heartbeat after the next one would come later.
      await().atMost(Duration.ofSeconds(16)).until(() -> ended(api, "client") == 1);
    }
  }

  @Test
  void aStreamEndsWholeAfterItsLifeAndTheNextOneGoesOn() {
    try (RunningApi api = new RunningApi("--TALLY_STREAM_LIFE=2s")) {
      Chats.Place chat = api.newChat();
      api.insert(chat, 1, "eins");
      try (EventStream stream = EventStream.open(api.url(chat))) {
        await().atMost(Duration.ofSeconds(30)).until(stream::isWhole);
        assertThat(stream.numbers()).containsExactly(1L);
      }
      await().until(() -> ended(api, "life") == 1);
      api.insert(chat, 2, "zwei");
      try (EventStream stream = EventStream.open(api.url(chat) + "?after=1")) {
        assertThat(stream.awaitEvents(1).numbers()).containsExactly(2L);
      }
    }
  }

  @Test
  void streamsOfADeletedAppEndWholeAndOthersGoOn() {
    try (RunningApi api = new RunningApi()) {
      Chats.Place chat = api.newChat();
      Chats.Place other = api.newChat();
      api.insert(chat, 1, "eins");
      try (EventStream stream = EventStream.open(api.url(chat));
          EventStream going = EventStream.open(api.url(other))) {
        stream.awaitEvents(1);

        api.mysql()
            .sql("UPDATE apps SET deleted_at = UTC_TIMESTAMP(6) WHERE id = ?")
            .param(chat.key().appId())
            .update();
        api.insert(chat, 2, "late");

        await().atMost(Duration.ofMinutes(1)).until(stream::isWhole);
        assertThat(stream.numbers()).containsExactly(1L);
        api.insert(other, 1, "other");
        assertThat(going.awaitEvents(1).numbers()).containsExactly(1L);
      }
      await().until(() -> ended(api, "deleted") == 1);
      Http.get(api.url(chat)).isProblem(410, "app-deleted", "App deleted");
    }
  }

  @Test
  void anAddressCannotTakeAllStreams() {
    try (RunningApi api = new RunningApi("--TALLY_STREAM_LIMIT_PER_ADDRESS=2")) {
      List<EventStream> streams = new ArrayList<>();
      streams.add(EventStream.open(api.url(api.newChat())));
      streams.add(EventStream.open(api.url(api.newChat())));

      Http.Answer refused = Http.get(api.url(api.newChat()));

      refused.isProblem(429, "rate-limited", "Too many requests");
      assertThat(refused.header("Retry-After")).isPresent();
      streams.forEach(EventStream::close);
    }
  }

  private static double ended(RunningApi api, String by) {
    return api.bean(MeterRegistry.class).get("tally.streams.ended").tag("by", by).counter().count();
  }
}
