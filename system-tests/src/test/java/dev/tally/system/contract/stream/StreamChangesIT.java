package dev.tally.system.contract.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tally.testkit.http.EventStream;
import dev.tally.testkit.http.Http;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Streams that tell of edits and deletions, too. */
class StreamChangesIT extends StreamFixture {

  private static final int WRITERS = 8;
  private static final int EDITS_EACH = 125;

  @Test
  void editsAndDeletionsComeAsTheyArePersisted() {
    tally.say(app, chat, "eins");
    tally.say(app, chat, "zwei");
    tally.awaitMessages(app, chat, 2);
    EventStream stream = closed(EventStream.open(url() + "?changes=true")).awaitEvents(2);

    edit(1, "{\"body\":\"one\",\"author\":\"anna\"}");
    stream.awaitEvents(3);
    delete(2);
    stream.awaitEvents(4);
    tally.say(app, chat, "drei");
    stream.awaitEvents(5);

    assertThat(ids(stream)).containsExactly("1.0", "2.0", "2.1", "2.2", "3.2");
    assertThat(stream.events())
        .extracting(EventStream.Event::name)
        .containsExactly("message", "message", "edit", "delete", "message");
    JsonNode list = Http.get(tally.chatUrl(app, chat) + "/messages").is(200).json();
    JsonNode changes = Http.get(tally.chatUrl(app, chat) + "/changes").is(200).json();
    assertThat(stream.events().get(2).data()).isEqualTo(told(changes.get(0), list.get(0)));
    assertThat(stream.events().get(3).data()).isEqualTo(told(changes.get(1), list.get(1)));
    assertThat(stream.events().get(3).data().path("message").has("deleted_at")).isTrue();
    assertThat(stream.events().get(4).data()).isEqualTo(list.get(2));
  }

  @Test
  void aClientThatWasAwayGetsExactlyWhatItMissed() throws Exception {
    for (int i = 1; i <= 20; i++) {
      tally.say(app, chat, "message " + i);
    }
    EventStream first = closed(EventStream.open(url() + "?changes=true"));
    edit(1, "{\"body\":\"before\"}");
    first.awaitEvents(21);
    String last = first.lastId();
    first.close();
    assertThat(last).isEqualTo("20.1");

    try (ExecutorService writers = Executors.newFixedThreadPool(WRITERS)) {
      for (Future<?> writer : editMuch(writers)) {
        writer.get();
      }
    }
    long changes = 1L + WRITERS * EDITS_EACH;
    long messages = 20 + 5 * WRITERS;
    tally.awaitMessages(app, chat, messages);
    awaitChanges(changes);
    EventStream stream = closed(EventStream.open(url(), "Last-Event-ID", last));
    stream.awaitEvents((int) (messages - 20 + changes - 1));

    assertMissed(stream, 21, messages, 2, changes);
    // What a change shows is what the message says now.
    JsonNode now = Http.get(tally.chatUrl(app, chat) + "/messages?limit=1000").is(200).json();
    for (EventStream.Event change : stream.events()) {
      if (change.name().equals("edit")) {
        int message = (int) change.data().path("message_number").asLong();
        assertThat(change.data().path("message")).isEqualTo(now.get(message - 1));
      }
    }
  }

  @Test
  void aClientThatIsCutOffDuringTheEditsGetsEachOnce() throws Exception {
    for (int i = 1; i <= 20; i++) {
      tally.say(app, chat, "message " + i);
    }
    long changes = (long) WRITERS * EDITS_EACH;
    long messages = 20 + 5 * WRITERS;
    List<EventStream> parts = new ArrayList<>();
    try (ExecutorService writers = Executors.newFixedThreadPool(WRITERS)) {
      parts.add(EventStream.open(url() + "?changes=true&after=0.0"));
      List<Future<?>> written = editMuch(writers);
      while (!written.stream().allMatch(Future::isDone)) {
        EventStream part = parts.getLast();
        await()
            .atMost(Duration.ofMinutes(1))
            .until(() -> part.events().size() > 30 || written.stream().allMatch(Future::isDone));
        part.close();
        await().until(part::isEnded);
        parts.add(part.resume(url()));
      }
      for (Future<?> writer : written) {
        writer.get();
      }
    }
    long before =
        parts.stream().limit(parts.size() - 1L).flatMap(part -> part.events().stream()).count();
    closed(parts.getLast()).awaitEvents((int) (messages + changes - before));

    assertThat(parts.size()).isGreaterThan(2);
    List<EventStream.Event> all = parts.stream().flatMap(part -> part.events().stream()).toList();
    assertThat(numbers(all, "message")).isEqualTo(range(1, messages));
    assertThat(numbers(all, "edit")).isEqualTo(range(1, changes));
    assertNoChangeComesBeforeItsMessage(all);
  }

  @Test
  void aStreamWithoutChangesIsWhatItWas() {
    EventStream stream = closed(EventStream.open(url()));
    tally.say(app, chat, "eins");
    edit(1, "{\"body\":\"one\"}");
    awaitChanges(1);
    delete(1);
    awaitChanges(2);
    tally.say(app, chat, "zwei");
    stream.awaitEvents(2);

    assertThat(ids(stream)).containsExactly("1", "2");
    assertThat(stream.events()).extracting(EventStream.Event::name).containsOnly("message");
    assertThat(stream.lastId()).isEqualTo("2");
  }

  @Test
  void aClientThatNamesNoChangeGetsThoseFromNowOn() {
    tally.say(app, chat, "eins");
    tally.say(app, chat, "zwei");
    edit(1, "{\"body\":\"one\"}");
    edit(1, "{\"body\":\"uno\"}");
    awaitChanges(2);

    EventStream stream = closed(EventStream.open(url() + "?changes=true&after=1")).awaitEvents(1);
    edit(1, "{\"body\":\"un\"}");
    stream.awaitEvents(2);

    assertThat(ids(stream)).containsExactly("2.2", "2.3");
    assertThat(stream.events().getLast().data().path("message").path("body").asString())
        .isEqualTo("un");
    // An id with a dot asks for changes by itself, and without them it is one of a message.
    EventStream both = closed(EventStream.open(url() + "?after=1.1")).awaitEvents(3);
    assertThat(ids(both)).containsExactly("2.1", "2.2", "2.3");
    EventStream plain = closed(EventStream.open(url() + "?after=1.1&changes=false"));
    assertThat(ids(plain.awaitEvents(1))).containsExactly("2");
  }

  @Test
  void aChangeWithoutEffectHasNoEvent() {
    tally.say(app, chat, "eins");
    tally.awaitMessages(app, chat, 1);
    EventStream stream = closed(EventStream.open(url() + "?changes=true"));

    edit(1, "{\"body\":\"one\",\"expected_revision\":7}");
    delete(1);
    edit(1, "{\"body\":\"one\"}");
    tally.say(app, chat, "zwei");
    stream.awaitEvents(3);

    awaitChanges(3);
    assertThat(stream.events())
        .extracting(EventStream.Event::name)
        .containsExactlyInAnyOrder("message", "delete", "message");
    assertThat(numbers(stream.events(), "delete")).containsExactly(2L);
  }

  @Test
  void aChangeWithoutAHintStillArrives() throws Exception {
    tally.say(app, chat, "eins");
    tally.awaitMessages(app, chat, 1);
    EventStream stream = closed(EventStream.open(url() + "?changes=true")).awaitEvents(1);

    persistEdit(1, 1, "one");

    assertThat(ids(stream.awaitEvents(2))).containsExactly("1.0", "1.1");
  }

  @ParameterizedTest
  @ValueSource(strings = {"5.", ".5", "5.x", "x.5", "1.2.3", "5.-1", "5.99999999999999999"})
  void anInvalidPositionIsRefused(String position) {
    String hint = " must be a number, or two with a dot between them, like 5.17.";
    Http.get(url() + "?after=" + position).isProblem(400, "malformed-request", "after" + hint);
    Http.get(url() + "?changes=true", "Last-Event-ID", position)
        .isProblem(400, "malformed-request", "Last-Event-ID" + hint);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "yes", "1", "True"})
  void anInvalidWishForChangesIsRefused(String changes) {
    Http.get(url() + "?changes=" + changes)
        .isProblem(400, "malformed-request", "changes must be true or false.");
  }

  /** Has clients edit the first 20 messages, and write new messages in between. */
  private List<Future<?>> editMuch(ExecutorService writers) {
    List<Future<?>> written = new ArrayList<>();
    for (int writer = 0; writer < WRITERS; writer++) {
      written.add(
          writers.submit(
              () -> {
                for (int i = 0; i < EDITS_EACH; i++) {
                  edit(1 + i % 20, "{\"body\":\"edit %d\"}".formatted(i));
                  if (i % 25 == 0) {
                    tally.say(app, chat, "in between");
                  }
                }
              }));
    }
    return written;
  }

  private static void assertMissed(
      EventStream stream, long firstMessage, long lastMessage, long firstChange, long lastChange) {
    assertThat(numbers(stream.events(), "message")).isEqualTo(range(firstMessage, lastMessage));
    assertThat(numbers(stream.events(), "edit")).isEqualTo(range(firstChange, lastChange));
    assertThat(stream.events())
        .hasSize((int) (lastMessage - firstMessage + lastChange - firstChange + 2));
    assertNoChangeComesBeforeItsMessage(stream.events());
    assertThat(stream.lastId()).isEqualTo(lastMessage + "." + lastChange);
  }

  private static void assertNoChangeComesBeforeItsMessage(List<EventStream.Event> events) {
    for (EventStream.Event event : events) {
      long position = Long.parseLong(event.id().substring(0, event.id().indexOf('.')));
      assertThat(event.data().path("message_number").asLong()).isLessThanOrEqualTo(position);
    }
  }

  private static List<Long> numbers(List<EventStream.Event> events, String name) {
    return events.stream()
        .filter(event -> event.name().equals(name))
        .map(EventStream.Event::number)
        .toList();
  }

  private static List<Long> range(long first, long last) {
    return LongStream.rangeClosed(first, last).boxed().toList();
  }

  private static List<String> ids(EventStream stream) {
    return stream.events().stream().map(EventStream.Event::id).toList();
  }

  /** A change as streams tell of it: without what was before, and with what there is now. */
  private static JsonNode told(JsonNode change, JsonNode message) {
    ObjectNode told = (ObjectNode) change.deepCopy();
    told.remove("before");
    told.set("message", message);
    return told;
  }

  private HttpRequest.Builder request(String method, long message, @Nullable String body) {
    String url = tally.messagesTo(app, chat) + "/" + message;
    return body == null
        ? Http.request(url).method(method, HttpRequest.BodyPublishers.noBody())
        : Http.json(url).method(method, HttpRequest.BodyPublishers.ofString(body));
  }

  private void edit(long message, String body) {
    Http.send(request("PATCH", message, body)).is(200);
  }

  private void delete(long message) {
    Http.send(request("DELETE", message, null)).is(200);
  }

  private void awaitChanges(long count) {
    await()
        .atMost(Duration.ofMinutes(1))
        .until(
            () ->
                Http.get(tally.chatUrl(app, chat)).is(200).json().path("changes_count").asLong()
                    == count);
  }
}
