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
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What clients see of chats that were edited or deleted. */
class ChangedChatsIT {

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
    rows.messages(app, 1, 3);
  }

  private Http.Answer get(String path) {
    return Http.get(
        "http://127.0.0.1:%s/apps/%s%s"
            .formatted(api.getEnvironment().getProperty("local.server.port"), app, path));
  }

  @Test
  void anEditedChatSaysWhenAndByWhichChange() {
    rows.editChat(app, 1, null, "Den");
    rows.editChat(app, 2, "Den", "Hall");

    assertThat(get("/chats/1").is(200).json())
        .isEqualTo(
            Http.JSON.readTree(
                """
                {"number": 1, "messages_count": 0, "changes_count": 0, "deleted_count": 0,
                 "name": "Hall", "created_at": "%s", "edited_at": "%s", "revision": 2}"""
                    .formatted(CREATED, EDITED)));
    assertThat(get("/chats/1/changes").is(200).json())
        .isEqualTo(
            Http.JSON.readTree(
                """
                [{"number": 1, "kind": "edit", "effect": "applied", "before": {},
                  "created_at": "%1$s"},
                 {"number": 2, "kind": "edit", "effect": "applied", "before": {"name": "Den"},
                  "created_at": "%1$s"}]"""
                    .formatted(EDITED)));
  }

  @Test
  void aDeletedChatKeepsItsPlaceAndCountsInLists() {
    rows.counts(app, 3, 4, 1);
    rows.deleteChat(app);

    assertThat(get("/chats").is(200).json().get(0))
        .isEqualTo(
            Http.JSON.readTree(
                """
                {"number": 1, "messages_count": 3, "changes_count": 4, "deleted_count": 1,
                 "created_at": "%s", "revision": 9, "deleted_at": "%s"}"""
                    .formatted(CREATED, DELETED)));
    assertThat(get("/chats?deleted=omit").is(200).body()).isEqualTo("[]");
    get("/chats?deleted=no")
        .isProblem(
            400,
            "malformed-request",
            "deleted must be omit; without it, the list shows what is deleted, too.");
  }

  /** A page looks at 5,000 rows, as the contract says. */
  @Test
  void aPageThatLeavesDeletedChatsOutEndsAfterTheRowsThatItLooksAt() {
    for (long first = 2; first <= 5_002; first += 1_000) {
      rows.chats(app, first, first + 999);
    }
    rows.deleteChat(app);
    rows.chats(app, 6_002, 6_003);
    String list = "/chats?deleted=omit&limit=10";

    assertThat(numbersOfTwoPages(list, "?limit=10&after=5000&deleted=omit"))
        .containsExactly(6_002L, 6_003L);
    assertThat(
            numbersOfTwoPages(
                list + "&order=desc", "?limit=10&order=desc&before=1004&deleted=omit"))
        .containsExactly(6_003L, 6_002L);
  }

  private List<Long> numbersOfTwoPages(String list, String link) {
    Http.Answer first = get(list).is(200);
    assertThat(first.next().orElseThrow()).endsWith("/chats" + link);
    Http.Answer second = get("/chats" + link).is(200);
    assertThat(second.next()).isEmpty();
    return Stream.of(first, second)
        .flatMap(page -> page.json().valueStream())
        .map(chat -> chat.path("number").asLong())
        .toList();
  }

  /** Its rows are still there: a worker erases them after a while. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "/chats/1",
        "/chats/1/messages",
        "/chats/1/messages/1",
        "/chats/1/messages/99",
        "/chats/1/changes",
        "/chats/1/messages/1/changes",
        "/chats/1/messages/stream",
        "/chats/1/messages/search?q=said"
      })
  void aDeletedChatIsGone(String path) {
    rows.edit(app, 1, 1, "was", null);
    rows.deleteChat(app);

    get(path).isProblem(410, "chat-deleted", "Chat deleted");
  }
}
