package dev.tally.api.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tally.api.chat.Chats;
import dev.tally.testkit.http.EventStream;
import dev.tally.testkit.http.Http;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Streams that want changes. */
class FollowedStreamIT {

  private static RunningApi api;
  private static MeterRegistry meters;

  private Chats.Place chat;

  @BeforeAll
  static void start() {
    api = new RunningApi("--tally.api.stream.heartbeat=100ms", "--tally.api.stream.poll=100ms");
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
  void messagesAndChangesAreCountedApart() {
    api.insert(chat, 1, "eins");
    double messages = count("tally.streams.messages");
    double changes = count("tally.streams.changes");
    try (EventStream stream = EventStream.open(api.url(chat) + "?changes=true")) {
      stream.awaitEvents(1);
      api.insertChange(chat, 1, 1, "edit", "applied");
      api.insertChange(chat, 2, 1, "delete", "applied");
      stream.awaitEvents(3);
      long lagBefore = meters.get("tally.lag.stream").timer().count();
      api.insertChange(chat, 3, 1, "edit", "none");
      await().until(() -> stream.lastId().equals("1.3"));

      assertThat(stream.events())
          .extracting(EventStream.Event::name)
          .containsExactly("message", "edit", "delete");
      assertThat(ids(stream)).containsExactly("1.0", "1.1", "1.2");
      assertThat(count("tally.streams.messages") - messages).isEqualTo(1);
      assertThat(count("tally.streams.changes") - changes).isEqualTo(2);
      assertThat(meters.get("tally.lag.stream").timer().count()).isEqualTo(lagBefore);
    }
  }

  @Test
  void aClientThatHasSeenNoEventYetContinuesWhereItWas() {
    api.insert(chat, 1, "eins");
    api.insertChange(chat, 1, 1, "edit", "applied");
    String id;
    String url = api.url(chat) + "?changes=true&after=1";
    try (EventStream stream = EventStream.open(url)) {
      await().until(() -> stream.heartbeats() > 0);
      id = stream.lastId();
      assertThat(stream.events()).isEmpty();
    }
    assertThat(id).isEqualTo("1.1");
    api.insertChange(chat, 2, 1, "edit", "applied");

    try (EventStream stream = EventStream.open(url, "Last-Event-ID", id)) {
      assertThat(ids(stream.awaitEvents(1))).containsExactly("1.2");
    }
  }

  @Test
  void aPlainStreamHasNeitherChangesNorOtherIds() {
    api.insert(chat, 1, "eins");
    try (EventStream plain = EventStream.open(api.url(chat) + "?changes=false");
        EventStream stream = EventStream.open(api.url(chat) + "?after=1.0&changes=false")) {
      plain.awaitEvents(1);
      api.insertChange(chat, 1, 1, "edit", "applied");
      api.insert(chat, 2, "zwei");

      assertThat(ids(plain.awaitEvents(2))).containsExactly("1", "2");
      assertThat(ids(stream.awaitEvents(1))).containsExactly("2");
    }
  }

  @Test
  void onlyOpenStreamsHaveChangesAskedFor() {
    try (EventStream plain = EventStream.open(api.url(chat))) {
      ChatWatch watch = api.bean(Streams.class).watch(chat.name()).orElseThrow();
      assertThat(watch.isFollowed()).isFalse();
      try (EventStream _ = EventStream.open(api.url(chat) + "?changes=true")) {
        assertThat(watch.isFollowed()).isTrue();
      }
      await().until(() -> !watch.isFollowed());
      assertThat(plain.isEnded()).isFalse();
    }
  }

  @Test
  void theDeletionOfTheChatEndsTheStream() {
    double before = ended();
    try (EventStream stream = EventStream.open(api.url(chat) + "?changes=true")) {
      api.insertChange(chat, 1, 0, "delete", "applied");

      await().until(stream::isWhole);
      assertThat(ids(stream)).containsExactly("0.1");
      assertThat(stream.events().getFirst().name()).isEqualTo("delete");
    }
    await().until(() -> ended() == before + 1);
  }

  @Test
  void aWrongRequestIsRefusedAndOpensNothing() {
    Http.get(api.url(chat) + "?changes=yes")
        .isProblem(400, "malformed-request", "changes must be true or false.");
    Http.get(api.url(chat) + "?after=1.x")
        .isProblem(
            400,
            "malformed-request",
            "after must be a number, or two with a dot between them, like 5.17.");
    assertThat(api.bean(Streams.class).watch(chat.name())).isEmpty();
  }

  private static List<String> ids(EventStream stream) {
    return stream.events().stream().map(EventStream.Event::id).toList();
  }

  private static double count(String counter) {
    return meters.get(counter).counter().count();
  }

  private static double ended() {
    return meters.get("tally.streams.ended").tag("by", "deleted").counter().count();
  }
}
