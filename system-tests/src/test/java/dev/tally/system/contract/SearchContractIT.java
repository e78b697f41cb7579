package dev.tally.system.contract;

import static dev.tally.system.contract.Pages.numbers;
import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tally.system.RunningTally;
import dev.tally.system.TallyClient;
import dev.tally.testkit.http.Http;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Search, as its clients use it. */
class SearchContractIT {

  private static final String EDIT =
      """
      UPDATE messages SET body = 'early result', revision = 1, edited_at = UTC_TIMESTAMP(6)
      WHERE app_id = (SELECT id FROM apps WHERE token = ?) AND number = 1""";

  private static final String DELETE =
      """
      UPDATE messages SET body = '', revision = 2, deleted_at = UTC_TIMESTAMP(6)
      WHERE app_id = (SELECT id FROM apps WHERE token = ?) AND number = 2""";

  private static final String COUNT =
      """
      UPDATE chats SET deleted_count = 1
      WHERE app_id = (SELECT id FROM apps WHERE token = ?)""";

  private static final String INDEX =
      """
      INSERT INTO search_outbox
        (partition_number, app_id, chat_number, first_number, last_number, due_at)
      SELECT 0, id, 1, 1, 3, UTC_TIMESTAMP(6) FROM apps WHERE token = ?""";

  private static RunningTally running;
  private static TallyClient tally;

  @BeforeAll
  static void start() {
    running = RunningTally.shared();
    tally = TallyClient.of(running);
  }

  @ParameterizedTest
  @ValueSource(strings = {"search", "messages/search"})
  void bothSpellingsOfSearchFindMessages(String spelling) {
    String app = tally.newApp();
    long chat = tally.newChat(app);
    long other = tally.newChat(app);
    tally.say(app, chat, "Hello wörld, how are you?");
    tally.say(app, chat, "Something else entirely");
    tally.say(app, chat, "hello again");
    tally.say(app, other, "hello from another chat");
    String url = tally.chatUrl(app, chat) + "/" + spelling + "?q=";
    awaitFound(url + "hello", 1L, 3L);

    assertThat(found(url + "hell")).as("beginning of a word").containsExactly(1L, 3L);
    assertThat(found(url + "WORLD")).as("case and accents").containsExactly(1L);
    assertThat(found(url + "are%20how")).as("any order").containsExactly(1L);
    assertThat(found(url + "entierly")).as("a typo").containsExactly(2L);
    assertThat(found(url + "hello+world")).as("all words").containsExactly(1L);
    assertThat(found(url + "hello+%21%21")).as("punctuation").containsExactly(1L, 3L);
    assertThat(found(url + "nowhere")).isEmpty();
    assertThat(found(url + "%21%3F")).isEmpty();
    JsonNode hit = Http.get(url + "again").is(200).json().get(0);
    assertThat(hit.path("body").asString()).isEqualTo("hello again");
    assertThat(hit.path("highlight").asString()).isEqualTo("hello <em>again</em>");
    JsonNode beginning = Http.get(url + "ENT").is(200).json().get(0);
    assertThat(beginning.path("highlight").asString())
        .isEqualTo("Something else <em>entirely</em>");
  }

  @Test
  void anEditedMessageIsFoundByItsTextAndADeletedOneByNone() throws SQLException {
    String app = tally.newApp();
    long chat = tally.newChat(app);
    tally.say(app, chat, "early plan");
    tally.say(app, chat, "secret plan");
    tally.say(app, chat, "other plan");
    String url = tally.chatUrl(app, chat) + "/search?q=";
    awaitFound(url + "plan", 1L, 2L, 3L);

    try (Connection connection = running.servers().mysql()) {
      for (String sql : List.of(EDIT, DELETE, COUNT, INDEX)) {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
          statement.setString(1, app);
          assertThat(statement.executeUpdate()).isEqualTo(1);
        }
      }
    }

    awaitFound(url + "plan", 3L);
    assertThat(found(url + "early")).containsExactly(1L);
    JsonNode hit = Http.get(url + "result").is(200).json().get(0);
    assertThat(hit.path("body").asString()).isEqualTo("early result");
    for (String word :
        List.of("secret", "s", "secert", "*", "%22%22", "%CA%B0%CC%81", "%F0%9F%8F%BB")) {
      assertThat(found(url + word)).as(word).isEmpty();
    }
  }

  @Test
  void hitsArePaged() {
    String app = tally.newApp();
    long chat = tally.newChat(app);
    for (int i = 0; i < 9; i++) {
      tally.say(app, chat, "needle " + i);
    }
    String url = tally.chatUrl(app, chat) + "/search?q=needle";
    await().atMost(Duration.ofMinutes(1)).untilAsserted(() -> assertThat(found(url)).hasSize(9));

    List<Long> paged = numbers(url + "&limit=2");

    assertThat(paged).containsExactly(1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L).isEqualTo(found(url));
  }

  /** The API asks Elasticsearch for the hits of such a page in slices. */
  @Test
  void aPageOfShortHitsEndsAtItsLimit() {
    String app = tally.newApp();
    long chat = tally.newChat(app);
    int messages = 350;
    sayAll(app, chat, "needle", messages);
    String url = tally.chatUrl(app, chat) + "/search?q=needle&limit=";
    await()
        .atMost(Duration.ofMinutes(1))
        .untilAsserted(() -> assertThat(found(url + 1_000)).hasSize(messages));

    List<Long> all = LongStream.rangeClosed(1, messages).boxed().toList();
    assertThat(found(url + 1_000)).isEqualTo(all);
    assertThat(Http.get(url + 1_000).is(200).next()).isEmpty();
    assertThat(Http.get(url + messages).is(200).next()).isEmpty();
    for (int limit : new int[] {100, 101, 102, 302, 303, 304, 349}) {
      assertThat(found(url + limit)).isEqualTo(all.subList(0, limit));
      assertThat(numbers(url + limit)).isEqualTo(all);
    }
  }

  @Test
  void anAppThatFloodsSearchesStopsOnlyItsOwn() throws Exception {
    String loud = tally.newApp();
    long chat = tally.newChat(loud);
    String other = tally.newApp();
    tally.newChat(other);
    sayAll(loud, chat, "needle ".repeat(1_000), 100);
    sayAll(other, 1, "needle", 1);
    String heavy =
        tally.chatUrl(loud, chat)
            + "/search?limit=1000&q="
            + IntStream.range(0, 30)
                .mapToObj(i -> "needl" + (char) ('a' + i % 26))
                .collect(joining("+"));
    String light = tally.chatUrl(other, 1) + "/search?q=needle";
    awaitFound(light, 1L);
    await().atMost(Duration.ofMinutes(1)).until(() -> !found(heavy).isEmpty());

    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Integer>> flood = new ArrayList<>();
      for (int i = 0; i < 400; i++) {
        flood.add(threads.submit(() -> Http.get(heavy).status()));
      }
      for (int i = 0; i < 10; i++) {
        assertThat(found(light)).containsExactly(1L);
      }
      for (Future<Integer> search : flood) {
        assertThat(search.get()).isIn(200, 429, 503);
      }
      assertThat(flood).anyMatch(search -> search.resultNow() == 429);
      assertThat(flood).anyMatch(search -> search.resultNow() == 200);
    }
    Http.get(heavy).is(200);
  }

  private static void sayAll(String app, long chat, String body, int times) {
    String line = Http.JSON.writeValueAsString(Map.of("body", body)) + "\n";
    Http.postBytes(
            tally.messagesTo(app, chat),
            "application/x-ndjson",
            line.repeat(times).getBytes(StandardCharsets.UTF_8))
        .is(201);
  }

  /** Elasticsearch answers with whole messages, which the API must not have in memory at once. */
  @Test
  void aPageOfLongHitsEndsAtItsBytes() {
    String app = tally.newApp();
    long chat = tally.newChat(app);
    int messages = 70;
    for (int i = 0; i < messages; i++) {
      tally.say(app, chat, "needle " + "🎉".repeat(9_990));
    }
    String url = tally.chatUrl(app, chat) + "/search?q=needle&limit=";
    await()
        .atMost(Duration.ofMinutes(1))
        .untilAsserted(() -> assertThat(numbers(url + 20)).hasSize(messages));

    for (int limit : new int[] {1, 30, 100, 1_000}) {
      Http.Answer first = Http.get(url + limit).is(200);
      assertThat(first.json().isEmpty()).isFalse();
      assertThat(first.body().getBytes(StandardCharsets.UTF_8).length).isLessThan(1024 * 1024);
      assertThat(first.next()).isPresent();
      if (limit > 1) {
        assertThat(numbers(url + limit))
            .isEqualTo(LongStream.rangeClosed(1, messages).boxed().toList());
      }
    }
  }

  @Test
  void searchSyntaxIsTreatedAsText() {
    String app = tally.newApp();
    long chat = tally.newChat(app);
    tally.say(app, chat, "plain");
    String url = tally.chatUrl(app, chat) + "/search?q=";
    awaitFound(url + "plain", 1L);

    assertThat(found(url + "*")).isEmpty();
    assertThat(found(url + "body%3A%2A")).isEmpty();
    assertThat(found(url + "plain%22%7D%5D")).containsExactly(1L);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "?q=", "?q=%20%20"})
  void aBlankSearchIsRefused(String query) {
    String app = tally.newApp();
    tally.newChat(app);
    tally.awaitChats(app, 1);

    Http.get(tally.chatUrl(app, 1) + "/search" + query)
        .isProblem(400, "malformed-request", "q must not be blank.");
  }

  @Test
  void aSearchWithAWrongParameterIsRefused() {
    String app = tally.newApp();
    tally.newChat(app);
    tally.awaitChats(app, 1);
    String url = tally.chatUrl(app, 1) + "/search?q=";

    Http.get(url + "x".repeat(257))
        .isProblem(400, "malformed-request", "q may be at most 256 characters long.");
    Http.get(url + "x+".repeat(33))
        .isProblem(
            400,
            "malformed-request",
            "q may have at most 32 words; a Chinese character and an emoji are a word each.");
    Http.get(url + "x&after=nonsense")
        .isProblem(400, "malformed-request", "after is no cursor of a search.");
    Http.get(url + "x&order=up")
        .isProblem(400, "malformed-request", "order must be relevance or newest.");
  }

  /**
   * Waits for the hits. The answer may even be a 404 at first, while the chat itself waits in the
   * queue.
   */
  private static void awaitFound(String url, Long... numbers) {
    await()
        .atMost(Duration.ofMinutes(1))
        .untilAsserted(() -> assertThat(found(url)).containsExactly(numbers));
  }

  private static List<Long> found(String url) {
    return StreamSupport.stream(Http.get(url).is(200).json().spliterator(), false)
        .map(hit -> hit.path("number").asLong())
        .toList();
  }
}
