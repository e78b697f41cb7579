package dev.tally.api.change;

import static dev.tally.api.change.ChangedRows.CREATED;
import static dev.tally.api.change.ChangedRows.DELETED;
import static dev.tally.api.change.ChangedRows.EDITED;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tally.api.ChatApi;
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
import tools.jackson.databind.JsonNode;

/** What clients see of messages that were edited or deleted. */
class ChangedMessagesIT {

  /** They share the servers and nothing else. */
  private static final List<ConfigurableApplicationContext> APIS = new ArrayList<>();

  private static ChangedRows rows;

  private String app = "";

  @BeforeAll
  static void start() {
    TestServers servers = TestServers.wiped();
    List<String> arguments = new ArrayList<>(servers.arguments());
    arguments.addAll(
        List.of("--server.port=0", "--server.address=127.0.0.1", "--logging.level.root=WARN"));
    for (int i = 0; i < 2; i++) {
      APIS.add(ChatApi.start(arguments.toArray(String[]::new)));
    }
    rows = new ChangedRows(JdbcClient.create(servers.dataSource()));
  }

  @AfterAll
  static void stop() {
    APIS.forEach(ConfigurableApplicationContext::close);
  }

  @BeforeEach
  void newApp() {
    app = rows.newApp();
  }

  @Test
  void anEditedMessageSaysWhenAndByWhichChange() {
    rows.messages(app, 1, 3);
    rows.edit(app, 2, "said better", "{\"mood\":\"calm\"}", 17);
    JsonNode edited =
        Http.JSON.readTree(
            """
            {"number": 2, "body": "said better", "author": "anna", "metadata": {"mood": "calm"},
             "reply_to": 1, "created_at": "%s", "edited_at": "%s", "revision": 17}"""
                .formatted(CREATED, EDITED));

    JsonNode list = get("/messages").is(200).json();

    assertThat(list.get(1)).isEqualTo(edited);
    assertThat(get("/messages/2").is(200).json()).isEqualTo(edited);
    assertThat(list.get(0))
        .isEqualTo(
            Http.JSON.readTree(
                "{\"number\": 1, \"body\": \"said\", \"created_at\": \"%s\"}".formatted(CREATED)));
  }

  @Test
  void aTombstoneKeepsItsNumberInLists() {
    rows.messages(app, 1, 4);
    rows.edit(app, 2, "said better", "{}", 17);
    rows.delete(app, 2, 2, 18);

    Http.Answer page = get("/messages?limit=3").is(200);

    assertThat(numbers(page)).containsExactly(1L, 2L, 3L);
    assertThat(page.next().orElseThrow()).endsWith("?limit=3&after=3");
    assertThat(page.json().get(1))
        .isEqualTo(
            Http.JSON.readTree(
                """
                {"number": 2, "body": "", "author": "anna", "reply_to": 1, "created_at": "%s",
                 "edited_at": "%s", "revision": 18, "deleted_at": "%s"}"""
                    .formatted(CREATED, EDITED, DELETED)));
  }

  @Test
  void aDeletedMessageIsGone() {
    rows.messages(app, 1, 2);
    rows.delete(app, 2, 2, 1);

    get("/messages/2").isProblem(410, "message-deleted", "Message deleted");
    get("/messages/1").is(200);
  }

  /** The tombstones are more than a page has, and more than one statement of a page reads. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 130, 200})
  void aListLeavesTombstonesOutIfAsked(int limit) {
    rows.messages(app, 1, 900);
    rows.delete(app, 1, 1, 1);
    rows.delete(app, 3, 300, 1);
    rows.delete(app, 303, 303, 1);
    rows.delete(app, 450, 899, 1);
    List<Long> left =
        LongStream.rangeClosed(1, 900)
            .filter(number -> number == 2 || (number > 300 && number < 450) || number == 900)
            .filter(number -> number != 303)
            .boxed()
            .toList();

    String list = "/messages?deleted=omit&limit=" + limit;

    assertThat(numbersOfFullPages(list, limit)).isEqualTo(left);
    assertThat(numbersOfFullPages(list + "&order=desc", limit)).isEqualTo(left.reversed());
    assertThat(numbersOfFullPages(list + "&after=2&before=305", limit))
        .containsExactly(301L, 302L, 304L);
  }

  /** A page looks at 5,000 rows, as the contract says. */
  @Test
  void aPageThatLeavesTombstonesOutEndsAfterTheRowsThatItLooksAt() {
    for (long first = 1; first <= 10_001; first += 1_000) {
      rows.messages(app, first, first + 999);
    }
    rows.delete(app, 3, 5_500, 1);
    rows.delete(app, 5_502, 10_999, 1);
    String list = "/messages?deleted=omit&limit=2";

    assertThat(pages(list)).isEqualTo(List.of(List.of(1L, 2L), List.of(5_501L), List.of(11_000L)));
    assertThat(pages(list + "&order=desc"))
        .isEqualTo(List.of(List.of(11_000L), List.of(5_501L), List.of(2L, 1L)));
    assertThat(pages(list + "&after=2&before=5501")).isEqualTo(List.of(List.of(), List.of()));
    assertThat(pages(list + "&after=2&before=5501&order=desc"))
        .isEqualTo(List.of(List.of(), List.of()));
    assertThat(get(list).is(200).next().orElseThrow())
        .endsWith("/messages?limit=2&after=5000&deleted=omit");
    assertThat(get(list + "&after=2&before=5501&order=desc").is(200).next().orElseThrow())
        .endsWith("/messages?limit=2&order=desc&after=2&before=501&deleted=omit");
  }

  @Test
  void aListOfTombstonesAloneIsEmptyIfAsked() {
    rows.messages(app, 1, 5);
    rows.delete(app, 1, 5, 1);

    Http.Answer list = get("/messages?deleted=omit&limit=2").is(200);

    assertThat(list.body()).isEqualTo("[]");
    assertThat(list.next()).isEmpty();
    assertThat(numbers(get("/messages").is(200))).hasSize(5);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "OMIT", "show", "true", "omit,omit"})
  void anyOtherWayToTreatTombstonesIsMalformed(String deleted) {
    Http.Answer answer = get("/messages?deleted=" + deleted);

    answer.isProblem(
        400,
        "malformed-request",
        "deleted must be omit; without it, the list shows what is deleted, too.");
  }

  @Test
  void everyApiShowsAChangeAtOnce() {
    rows.messages(app, 1, 1);
    for (ConfigurableApplicationContext api : APIS) {
      assertThat(get(api, "/messages/1").is(200).text("body")).isEqualTo("said");
    }

    rows.edit(app, 1, "said better", null, 1);

    for (ConfigurableApplicationContext api : APIS) {
      assertThat(get(api, "/messages/1").is(200).text("body")).isEqualTo("said better");
    }

    rows.delete(app, 1, 1, 2);

    for (ConfigurableApplicationContext api : APIS) {
      get(api, "/messages/1").isProblem(410, "message-deleted", "Message deleted");
    }
  }

  @Test
  void aChatCountsItsChangesAndItsDeletedMessages() {
    String fresh =
        """
        {"number": 1, "messages_count": 0, "changes_count": 0, "deleted_count": 0,
         "created_at": "%s"}"""
            .formatted(CREATED);
    assertThat(get("").is(200).json()).isEqualTo(Http.JSON.readTree(fresh));

    rows.counts(app, 9, 7, 3);

    JsonNode chat = get("").is(200).json();
    assertThat(chat)
        .isEqualTo(
            Http.JSON.readTree(
                """
                {"number": 1, "messages_count": 9, "changes_count": 7, "deleted_count": 3,
                 "created_at": "%s"}"""
                    .formatted(CREATED)));
    JsonNode chats = Http.get(url(APIS.getFirst(), "/apps/" + app + "/chats")).is(200).json();
    assertThat(chats.get(0)).isEqualTo(chat);
  }

  private List<Long> numbersOfFullPages(String first, int limit) {
    List<Long> all = new ArrayList<>();
    String url = chat(APIS.getFirst(), first);
    while (url != null) {
      Http.Answer page = Http.get(url).is(200);
      all.addAll(numbers(page));
      url = page.next().orElse(null);
      assertThat(page.json().size()).isLessThanOrEqualTo(limit);
      if (url != null) {
        assertThat(page.json().size()).isEqualTo(limit);
      }
    }
    return all;
  }

  /** The numbers of each page, from the first one to the one without a link. */
  private List<List<Long>> pages(String first) {
    List<List<Long>> pages = new ArrayList<>();
    String url = chat(APIS.getFirst(), first);
    while (url != null) {
      Http.Answer page = Http.get(url).is(200);
      pages.add(numbers(page));
      url = page.next().orElse(null);
    }
    return pages;
  }

  private static List<Long> numbers(Http.Answer page) {
    return page.json().valueStream().map(message -> message.path("number").asLong()).toList();
  }

  private Http.Answer get(String path) {
    return get(APIS.getFirst(), path);
  }

  private Http.Answer get(ConfigurableApplicationContext api, String path) {
    return Http.get(chat(api, path));
  }

  private String chat(ConfigurableApplicationContext api, String path) {
    return url(api, "/apps/" + app + "/chats/1" + path);
  }

  private static String url(ConfigurableApplicationContext api, String path) {
    String port = api.getEnvironment().getRequiredProperty("local.server.port");
    return "http://127.0.0.1:" + port + path;
  }
}
