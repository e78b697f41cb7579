package dev.tally.system.contract.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tally.testkit.http.EventStream;
import dev.tally.testkit.http.Http;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;

/** A stream sends every message once and in order, as soon as a hint or its own look tells it. */
class StreamDeliveryIT extends StreamFixture {

  private static final String NO_POLL = "--tally.api.stream.poll=1h";

  @Test
  void aStreamSendsEarlierMessagesFirstAndThenNewOnes() {
    tally.say(app, chat, "eins\n\"zwei\"");
    tally.awaitMessages(app, chat, 1);

    EventStream stream = closed(EventStream.open(url())).awaitEvents(1);
    tally.say(app, chat, "drei 🎉");
    stream.awaitEvents(2);

    assertThat(stream.numbers()).containsExactly(1L, 2L);
    assertThat(stream.events().get(0).body()).isEqualTo("eins\n\"zwei\"");
    assertThat(stream.events().get(1).data())
        .isEqualTo(Http.get(tally.chatUrl(app, chat) + "/messages/2").is(200).json());
    assertThat(stream.headers().firstValue("Content-Type"))
        .hasValue("text/event-stream;charset=UTF-8");
    assertThat(stream.headers().allValues("Cache-Control")).containsExactly("no-store");
    assertThat(stream.headers().firstValue("X-Accel-Buffering")).hasValue("no");
  }

  @Test
  void aStreamBeginsAfterTheGivenNumber() {
    for (int i = 1; i <= 5; i++) {
      tally.say(app, chat, "message " + i);
    }
    tally.awaitMessages(app, chat, 5);

    EventStream after = closed(EventStream.open(url() + "?after=3")).awaitEvents(2);
    EventStream resumed =
        closed(EventStream.open(url() + "?after=1", "Last-Event-ID", "4")).awaitEvents(1);

    assertThat(after.numbers()).containsExactly(4L, 5L);
    assertThat(resumed.numbers()).containsExactly(5L);
  }

  @Test
  void everyMessageOfManyWritersArrivesOnceAndInOrder() throws Exception {
    List<EventStream> streams = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      streams.add(closed(EventStream.open(url())));
    }

    int count = write(8, 40);

    for (EventStream stream : streams) {
      assertThat(stream.awaitEvents(count).numbers()).isEqualTo(oneTo(count));
    }
  }

  @Test
  void aHintWakesAStream() {
    ConfigurableApplicationContext api = api(NO_POLL);
    EventStream stream = closed(EventStream.open(url(api)));
    // The API subscribes soon after its start, and misses earlier hints.
    await()
        .atMost(Duration.ofMinutes(1))
        .until(
            () -> {
              knock();
              return !stream.events().isEmpty();
            });

    long last = tally.say(app, chat, "come in");

    stream.awaitEvents((int) last);
    assertThat(stream.numbers()).isEqualTo(oneTo((int) last));
    assertThat(metric(api, "tally_streams_woken_total", "by=\"poll\"")).isZero();
  }

  @Test
  void messagesWithoutAHintStillArrive() throws Exception {
    EventStream stream = closed(EventStream.open(url()));
    long other = tally.newChat(app);
    tally.awaitChats(app, 2);
    EventStream silent =
        closed(EventStream.open(url().replace("/" + chat + "/", "/" + other + "/")));

    take(250);
    insert(1, 250, "hi");

    assertThat(stream.awaitEvents(250).numbers()).isEqualTo(oneTo(250));
    assertThat(silent.events()).isEmpty();
  }

  @Test
  void aSilentStreamSendsHeartbeats() {
    ConfigurableApplicationContext api = api("--tally.api.stream.heartbeat=100ms");
    EventStream stream = closed(EventStream.open(url(api)));

    await().until(() -> stream.heartbeats() > 5);

    assertThat(stream.events()).isEmpty();
    tally.say(app, chat, "hi");
    assertThat(stream.awaitEvents(1).numbers()).containsExactly(1L);
  }
}
