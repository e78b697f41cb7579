package dev.tally.api.change;

import static dev.tally.api.change.ChangedRows.EDITED;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tally.api.ChatApi;
import dev.tally.api.page.PageBody;
import dev.tally.testkit.TestServers;
import dev.tally.testkit.http.Http;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The changes of a chat, and the history of a message. */
class ChangesIT {

  private static final String UNKNOWN_APP = "/apps/" + "0".repeat(32);

  private static ConfigurableApplicationContext api;
  private static ChangedRows rows;

  private String app = "";

  @BeforeAll
  static void start() {
    TestServers servers = TestServers.wiped();
    List<String> arguments = new ArrayList<>(servers.arguments());
    arguments.addAll(
        List.of("--server.port=0", "--server.address=127.0.0.1", "--logging.level.root=WARN"));
    api = ChatApi.start(arguments.toArray(String[]::new));
    rows = new ChangedRows(JdbcClient.create(servers.dataSource()));
  }

  @AfterAll
  static void stop() {
    api.close();
  }

  @BeforeEach
  void newApp() {
    app = rows.newApp();
  }

  @Test
  void theChangesOfAChatComeInTheirOrder() {
    rows.messages(app, 1, 3);
    rows.edit(app, 1, 3, "first \"draft\" 🎉", "{\"mood\":1.50}");
    rows.edit(app, 2, 1, "second draft", null);
    rows.change(app, 3, 2, "delete", "applied");
    rows.change(app, 4, 2, "edit", "none");
    rows.change(app, 5, 3, "edit", "conflict");
    rows.change(app, 6, 4, "delete", "pending");

    assertThat(get("/changes").is(200).body())
        .isEqualTo(
            """
            [{"number":1,"message_number":3,"kind":"edit","effect":"applied","author":"anna",\
            "before":{"body":"first \\"draft\\" 🎉","metadata":{"mood":1.50}},"created_at":"%1$s"},\
            {"number":2,"message_number":1,"kind":"edit","effect":"applied","author":"anna",\
            "before":{"body":"second draft"},"created_at":"%1$s"},\
            {"number":3,"message_number":2,"kind":"delete","effect":"applied","created_at":"%1$s"},\
            {"number":4,"message_number":2,"kind":"edit","effect":"none","created_at":"%1$s"},\
            {"number":5,"message_number":3,"kind":"edit","effect":"conflict","created_at":"%1$s"},\
            {"number":6,"message_number":4,"kind":"delete","effect":"pending","created_at":"%1$s"}]"""
                .formatted(EDITED));
  }

  @Test
  void theHistoryOfAMessageIsItsChangesAlone() {
    rows.messages(app, 1, 3);
    rows.edit(app, 1, 1, "of another", null);
    rows.edit(app, 2, 2, "first draft", null);
    rows.edit(app, 3, 3, "of another", null);
    rows.change(app, 4, 2, "edit", "conflict");

    assertThat(get("/messages/2/changes").is(200).body())
        .isEqualTo(
            """
            [{"number":2,"message_number":2,"kind":"edit","effect":"applied","author":"anna",\
            "before":{"body":"first draft"},"created_at":"%1$s"},\
            {"number":4,"message_number":2,"kind":"edit","effect":"conflict","created_at":"%1$s"}]"""
                .formatted(EDITED));
  }

  @Test
  void theHistoryOfADeletedMessageStays() {
    rows.messages(app, 1, 1);
    rows.delete(app, 1, 1, 2);
    rows.change(app, 1, 1, "edit", "applied");
    rows.change(app, 2, 1, "delete", "applied");

    get("/messages/1").is(410);
    assertThat(numbers(get("/messages/1/changes").is(200))).containsExactly(1L, 2L);
  }

  /** Workers blank a long history later. */
  @Test
  void aDeletedMessageSaysNothingMoreWhateverItsRowsSay() {
    rows.messages(app, 1, 2);
    rows.edit(app, 1, 1, "secret", "{\"also\":\"secret\"}");
    rows.edit(app, 2, 2, "first draft", null);
    rows.delete(app, 1, 1, 3);
    rows.change(app, 3, 1, "delete", "applied");

    assertThat(get("/messages/1/changes").is(200).body())
        .contains("\"number\":1", "\"number\":3")
        .doesNotContain("before");
    assertThat(get("/changes").is(200).body()).contains("first draft").doesNotContain("secret");
  }

  @Test
  void aLostChangeHasOnlyItsNumber() {
    rows.messages(app, 1, 1);
    rows.lostChange(app, 1);

    assertThat(get("/changes").is(200).body())
        .isEqualTo(
            """
            [{"number":1,"effect":"lost","created_at":"%s"}]"""
                .formatted(EDITED));
  }

  @Test
  void whatNobodyChangedHasNoChanges() {
    rows.messages(app, 1, 1);

    for (String route : List.of("/changes", "/messages/1/changes", "/changes?after=9")) {
      Http.Answer answer = get(route).is(200);
      assertThat(answer.body()).isEqualTo("[]");
      assertThat(answer.next()).isEmpty();
    }
  }

  @Test
  void whatDoesNotExistIsNotFound() {
    rows.messages(app, 1, 1);

    for (String route : List.of("/changes", "/messages/1/changes")) {
      Http.get(url(UNKNOWN_APP + "/chats/1" + route))
          .isProblem(404, "app-not-found", "App not found");
      for (String chat : List.of("2", "0", "x")) {
        Http.get(url("/apps/" + app + "/chats/" + chat + route))
            .isProblem(404, "chat-not-found", "Chat not found");
      }
    }
    for (String message : List.of("2", "0", "x")) {
      get("/messages/" + message + "/changes")
          .isProblem(404, "message-not-found", "Message not found");
    }
    rows.messages(app, 3, 3);
    get("/messages/2/changes").isProblem(404, "message-set-aside", "Message set aside");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/changes", "/messages/7/changes"})
  void changesArePagedByTheirNumbers(String route) {
    rows.messages(app, 7, 7);
    for (int number = 1; number <= 5; number++) {
      rows.change(app, number, 7, "edit", "applied");
    }

    Http.Answer first = get(route + "?limit=2").is(200);
    Http.Answer last = get(route + "?limit=2&after=3").is(200);
    Http.Answer backwards = get(route + "?limit=2&order=desc&before=5").is(200);

    assertThat(numbers(first)).containsExactly(1L, 2L);
    assertThat(first.next())
        .hasValue(url("/apps/" + app + "/chats/1" + route + "?limit=2&after=2"));
    assertThat(numbers(last)).containsExactly(4L, 5L);
    assertThat(last.next()).isEmpty();
    assertThat(numbers(backwards)).containsExactly(4L, 3L);
    assertThat(backwards.next().orElseThrow()).endsWith("?limit=2&order=desc&before=3");
    assertThat(numbers(get(route + "?after=1&before=4").is(200))).containsExactly(2L, 3L);
    for (String query : List.of("limit=0", "after=x", "before=-1", "order=up")) {
      assertThat(get(route + "?" + query).is(400).text("type")).endsWith(":malformed-request");
    }
  }

  /** A control character is one byte in MySQL and six in JSON. */
  @Test
  void aPageOfLongTextsEndsAtItsBytes() {
    rows.edits(app, 1, 120, "\u0001".repeat(10_000));
    List<Long> all = new ArrayList<>();
    String url = url("/apps/" + app + "/chats/1/changes?limit=1000");
    while (url != null) {
      Http.Answer page = Http.get(url).is(200);
      assertThat(page.body().getBytes(UTF_8).length).isLessThanOrEqualTo(PageBody.MAX_BYTES);
      assertThat(page.json().isEmpty()).isFalse();
      all.addAll(numbers(page));
      url = page.next().orElse(null);
    }

    assertThat(all).isEqualTo(LongStream.rangeClosed(1, 120).boxed().toList());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " DESC"})
  void aPageReadsNoMoreChangesThanItShows(String order) {
    rows.edits(app, 1, 1_000, "x");
    // Left to itself, the optimizer takes the primary key for a message with most of the changes.
    rows.mysql().sql("UPDATE changes SET message_number = 500 WHERE number > 50").update();

    assertThat(plan(ChangeRows.OF_CHAT, "", order)).contains("key=PRIMARY");
    assertThat(plan(ChangeRows.OF_MESSAGE, ", 500", order)).contains("key=changes_message");
  }

  /** The plan of the first page of chat 1. */
  private String plan(String select, String message, String order) {
    String sql =
        select
                .replaceFirst("\\?", "'" + app + "'")
                .replaceFirst("\\?", "1")
                .replaceFirst("\\?", message.replace(", ", ""))
            + "AND h.number > 0 AND h.number < 9223372036854775807 ORDER BY h.number"
            + order
            + " LIMIT 11";
    // The newest MySQL prints a tree by default.
    String plan =
        rows.mysql().sql("EXPLAIN FORMAT=TRADITIONAL " + sql).query().listOfRows().toString();
    assertThat(plan).contains("type=const").contains("type=range").doesNotContain("filesort");
    return plan;
  }

  private static List<Long> numbers(Http.Answer page) {
    return page.json().valueStream().map(change -> change.path("number").asLong()).toList();
  }

  private Http.Answer get(String path) {
    return Http.get(url("/apps/" + app + "/chats/1" + path));
  }

  private static String url(String path) {
    String port = api.getEnvironment().getRequiredProperty("local.server.port");
    return "http://127.0.0.1:" + port + path;
  }
}
