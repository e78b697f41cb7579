package dev.tally.system.contract.change;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tally.system.RunningTally;
import dev.tally.system.TallyClient;
import dev.tally.testkit.http.Http;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class MessageChangesIT {

  private static final int CLIENTS = 64;
  private static final int EDITS_EACH = 8;

  private static TallyClient tally;

  private String app = "";
  private long chat;

  @BeforeAll
  static void start() {
    tally = TallyClient.of(RunningTally.shared());
  }

  @BeforeEach
  void makeChat() {
    app = tally.newApp();
    chat = tally.newChat(app);
  }

  @Test
  void whatIsEditedIsReadAndFoundByItsNewText() {
    assertThat(tally.say(app, chat, "the old walrus")).isEqualTo(1);
    assertThat(edit(1, "{\"body\":\"the new penguin\",\"author\":\"ann\"}")).isEqualTo(1);
    awaitChanges(1);

    JsonNode message = Http.get(messages() + "/1").is(200).json();
    assertThat(message.path("body").asString()).isEqualTo("the new penguin");
    assertThat(message.path("revision").asLong()).isEqualTo(1);
    assertThat(message.has("edited_at")).isTrue();
    JsonNode history = Http.get(messages() + "/1/changes").is(200).json();
    assertThat(history.size()).isEqualTo(1);
    assertThat(history.get(0).path("author").asString()).isEqualTo("ann");
    assertThat(history.get(0).path("before").path("body").asString()).isEqualTo("the old walrus");
    await().atMost(Duration.ofSeconds(30)).until(() -> found("penguin").equals(List.of(1L)));
    assertThat(found("walrus")).isEmpty();
  }

  @Test
  void whatIsDeletedLeavesItsNumberAndNothingElse() {
    tally.say(app, chat, "a secret");
    tally.say(app, chat, "another secret");
    edit(1, "{\"body\":\"a better secret\"}");
    await().atMost(Duration.ofSeconds(30)).until(() -> found("secret").equals(List.of(1L, 2L)));
    assertThat(delete(1)).isEqualTo(2);
    awaitChanges(2);

    Http.get(messages() + "/1").isProblem(410, "message-deleted", "Message deleted");
    JsonNode list = Http.get(messages()).is(200).json();
    assertThat(list.size()).isEqualTo(2);
    assertThat(list.get(0).path("body").asString()).isEmpty();
    assertThat(list.get(0).has("deleted_at")).isTrue();
    assertThat(Http.get(messages() + "?deleted=omit").is(200).json().size()).isEqualTo(1);
    assertThat(Http.get(messages() + "/1/changes").is(200).body()).doesNotContain("secret");
    JsonNode counted = Http.get(tally.chatUrl(app, chat)).is(200).json();
    assertThat(counted.path("messages_count").asLong()).isEqualTo(2);
    assertThat(counted.path("deleted_count").asLong()).isEqualTo(1);
    await().atMost(Duration.ofSeconds(30)).until(() -> found("secret").equals(List.of(2L)));
  }

  @Test
  void aMessageThatIsOnItsWayIsChangedAndOneThatIsNotIsA404() {
    tally.say(app, chat, "hi");

    assertThat(edit(1, "{\"body\":\"ho\"}")).isEqualTo(1);
    Http.send(request("DELETE", 2, null)).isProblem(404, "message-not-found", "Message not found");

    awaitChanges(1);
    assertThat(Http.get(messages() + "/1").is(200).text("body")).isEqualTo("ho");
  }

  @Test
  void aBatchIsAppliedInItsOrderAndOneWithABadLineChangesNothing() {
    tally.say(app, chat, "one");
    tally.say(app, chat, "two");

    Http.Answer accepted =
        batch(
            """
            {"message_number":1,"body":"first","author":"ann"}
            {"message_number":1,"body":"second","expected_revision":1}
            {"message_number":2,"deleted":true}
            {"message_number":2,"body":"too late"}
            """);
    assertThat(accepted.is(200).number("first_change_number")).isEqualTo(1);
    assertThat(accepted.number("last_change_number")).isEqualTo(4);
    batch("{\"message_number\":1,\"body\":\"x\"}\n{\"message_number\":3,\"body\":\"x\"}")
        .isProblem(404, "message-not-found", "Message not found");
    batch("{\"message_number\":1,\"body\":\"x\"}\n{\"message_number\":1,\"body\":\"\"}")
        .isProblem(422, "invalid-field", "Line 2: body must not be blank.");
    // Whatever a refused batch had written would stand before it.
    assertThat(edit(1, "{\"metadata\":{}}")).isEqualTo(5);

    awaitChanges(5);
    JsonNode message = Http.get(messages() + "/1").is(200).json();
    assertThat(message.path("body").asString()).isEqualTo("second");
    assertThat(message.path("revision").asLong()).isEqualTo(5);
    Http.get(messages() + "/2").isProblem(410, "message-deleted", "Message deleted");
    List<String> effects = new ArrayList<>();
    for (JsonNode change : Http.get(tally.chatUrl(app, chat) + "/changes").is(200).json()) {
      effects.add(
          "%d %s %s"
              .formatted(
                  change.path("message_number").asLong(),
                  change.path("kind").asString(),
                  change.path("effect").asString()));
    }
    assertThat(effects)
        .containsExactly(
            "1 edit applied",
            "1 edit applied",
            "2 delete applied",
            "2 edit none",
            "1 edit applied");
  }

  private Http.Answer batch(String lines) {
    return Http.send(
        Http.request(tally.messagesTo(app, chat), "Content-Type", "application/x-ndjson")
            .method("PATCH", HttpRequest.BodyPublishers.ofString(lines)));
  }

  @Test
  void manyClientsThatEditOneMessageGetEachNumberOnceAndTheLastOneWins() throws Exception {
    tally.say(app, chat, "the first");
    Map<Long, String> edits = new ConcurrentSkipListMap<>();
    try (ExecutorService clients = Executors.newFixedThreadPool(CLIENTS)) {
      List<Future<?>> all = new ArrayList<>();
      for (int client = 0; client < CLIENTS; client++) {
        String name = "client " + client;
        all.add(
            clients.submit(
                () -> {
                  for (int i = 0; i < EDITS_EACH; i++) {
                    String body = name + " edit " + i;
                    edits.put(edit(1, "{\"body\":\"%s\"}".formatted(body)), body);
                  }
                }));
      }
      for (Future<?> client : all) {
        client.get();
      }
    }

    long last = (long) CLIENTS * EDITS_EACH;
    assertThat(edits.keySet())
        .containsExactlyElementsOf(LongStream.rangeClosed(1, last).boxed().toList());
    awaitChanges(last);
    JsonNode message = Http.get(messages() + "/1").is(200).json();
    assertThat(message.path("body").asString()).isEqualTo(edits.get(last));
    assertThat(message.path("revision").asLong()).isEqualTo(last);
    // What each change found is what the one before it had said.
    Map<Long, String> before = new TreeMap<>();
    for (JsonNode change : Http.get(messages() + "/1/changes?limit=1000").is(200).json()) {
      before.put(change.path("number").asLong() - 1, change.path("before").path("body").asString());
    }
    assertThat(before.remove(0L)).isEqualTo("the first");
    edits.remove(last);
    assertThat(before).isEqualTo(edits);
  }

  @Test
  void ofManyClientsThatEditAndDeleteTheFirstDeletionIsTheLastWord() throws Exception {
    tally.say(app, chat, "the first");
    List<Long> numbers = new ArrayList<>();
    try (ExecutorService clients = Executors.newFixedThreadPool(CLIENTS)) {
      List<Future<Long>> all = new ArrayList<>();
      for (int client = 0; client < CLIENTS; client++) {
        boolean deletes = client % 8 == 7;
        all.add(clients.submit(() -> deletes ? delete(1) : edit(1, "{\"body\":\"text\"}")));
      }
      for (Future<Long> client : all) {
        numbers.add(client.get());
      }
    }

    assertThat(numbers)
        .containsExactlyInAnyOrderElementsOf(LongStream.rangeClosed(1, CLIENTS).boxed().toList());
    awaitChanges(CLIENTS);
    Http.get(messages() + "/1").isProblem(410, "message-deleted", "Message deleted");
    boolean isDeleted = false;
    for (JsonNode change : Http.get(messages() + "/1/changes").is(200).json()) {
      assertThat(change.path("effect").asString()).isEqualTo(isDeleted ? "none" : "applied");
      assertThat(change.has("before")).isFalse();
      isDeleted |= change.path("kind").asString().equals("delete");
    }
    assertThat(isDeleted).isTrue();
  }

  private String messages() {
    return tally.chatUrl(app, chat) + "/messages";
  }

  private HttpRequest.Builder request(String method, long message, @Nullable String body) {
    String url = tally.messagesTo(app, chat) + "/" + message;
    return body == null
        ? Http.request(url).method(method, HttpRequest.BodyPublishers.noBody())
        : Http.json(url).method(method, HttpRequest.BodyPublishers.ofString(body));
  }

  private long edit(long message, String body) {
    return Http.send(request("PATCH", message, body)).is(200).number("change_number");
  }

  private long delete(long message) {
    return Http.send(request("DELETE", message, null)).is(200).number("change_number");
  }

  private void awaitChanges(long count) {
    await()
        .atMost(Duration.ofSeconds(60))
        .until(
            () -> {
              Http.Answer answer = Http.get(tally.chatUrl(app, chat));
              return answer.status() == 200
                  && answer.json().path("changes_count").asLong() == count;
            });
  }

  private List<Long> found(String word) {
    List<Long> numbers = new ArrayList<>();
    for (JsonNode hit : Http.get(tally.chatUrl(app, chat) + "/search?q=" + word).is(200).json()) {
      numbers.add(hit.path("number").asLong());
    }
    return numbers.stream().sorted().toList();
  }
}
