package dev.tally.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tally.common.identity.AppToken;
import dev.tally.common.identity.ChatName;
import dev.tally.common.partition.PartitionKeys;
import dev.tally.common.partition.RedisLayout;
import dev.tally.stack.Server;
import dev.tally.stack.ServerKind;
import dev.tally.testkit.TestServers;
import dev.tally.testkit.http.Http;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;

/** Numbers without a row, and numbers whose row is void because MySQL lost what stood there. */
class LostRowsIT {

  private static final String CREATED = "2026-11-24 14:42:19.120215";
  private static final String LOST = "2026-11-25 09:11:02.514093";
  private static final String LOST_ANSWER = "2026-11-25T09:11:02.514093Z";

  private static TestServers servers;
  private static ConfigurableApplicationContext api;
  private static JdbcClient mysql;

  private String app = "";

  @BeforeAll
  static void start() {
    servers = TestServers.wiped();
    List<String> arguments = new ArrayList<>(servers.arguments());
    arguments.addAll(
        List.of("--server.port=0", "--server.address=127.0.0.1", "--logging.level.root=WARN"));
    api = ChatApi.start(arguments.toArray(String[]::new));
    mysql = JdbcClient.create(servers.dataSource());
  }

  @AfterAll
  static void stop() {
    api.close();
  }

  /**
   * An app whose chat 2 is lost and whose chat 4 is a dead letter. Of chat 1, message 2 is lost and
   * message 4 is a dead letter. Chat 6 and message 6 are on their way.
   */
  @BeforeEach
  void insert() {
    app = Http.postJson(url("/apps"), "{\"name\":\"Acme\"}").is(201).text("token");
    for (int number : List.of(1, 3, 5)) {
      chat(number, CREATED, null);
      message(1, number, "text " + number, CREATED, null);
    }
    chat(2, LOST, LOST);
    message(1, 2, "", LOST, LOST);
    message(2, 1, "", LOST, LOST);
    mysql.sql("UPDATE apps SET chats_count = 4 WHERE token = ?").param(app).update();
    mysql
        .sql(
            """
            UPDATE chats SET messages_count = 4
            WHERE number = 1 AND app_id = (SELECT id FROM apps WHERE token = ?)""")
        .param(app)
        .update();
    PartitionKeys keys = keys();
    counter(keys.chats(new AppToken(app)), "6");
    counter(keys.messages(new ChatName(new AppToken(app), 1)), "6");
  }

  @Test
  void aListShowsALostMessageAsLost() {
    JsonNode messages = get("/chats/1/messages").is(200).json();

    assertThat(numbers(messages)).containsExactly(1L, 2L, 3L, 5L);
    assertThat(messages.get(1))
        .isEqualTo(
            Http.JSON.readTree(
                """
                {"number": 2, "body": "", "created_at": "%1$s", "lost_at": "%1$s"}"""
                    .formatted(LOST_ANSWER)));
    assertThat(messages.get(0).has("lost_at")).isFalse();
  }

  @Test
  void aListShowsALostChatAsLost() {
    JsonNode chats = get("/chats").is(200).json();

    assertThat(numbers(chats)).containsExactly(1L, 2L, 3L, 5L);
    assertThat(chats.get(1))
        .isEqualTo(
            Http.JSON.readTree(
                """
                {"number": 2, "messages_count": 0, "changes_count": 0, "deleted_count": 0,
                 "created_at": "%1$s", "lost_at": "%1$s"}"""
                    .formatted(LOST_ANSWER)));
    assertThat(chats.get(0).has("lost_at")).isFalse();
  }

  /** A page that ends with a lost message leads on to the next one. */
  @ParameterizedTest
  @ValueSource(strings = {"/chats", "/chats/1/messages"})
  void lostRowsArePagedLikeOthers(String list) {
    Http.Answer first = get(list + "?limit=2").is(200);
    Http.Answer backwards = get(list + "?order=desc&before=3&limit=1").is(200);

    assertThat(numbers(first.json())).containsExactly(1L, 2L);
    assertThat(first.header("Link"))
        .hasValueSatisfying(link -> assertThat(link).contains("after=2"));
    assertThat(numbers(get(list + "?after=2").is(200).json())).containsExactly(3L, 5L);
    assertThat(numbers(backwards.json())).containsExactly(2L);
    assertThat(backwards.header("Link"))
        .hasValueSatisfying(link -> assertThat(link).contains("before=2"));
  }

  @Test
  void aLostMessageIsGone() {
    get("/chats/1/messages/2").isProblem(410, "message-lost", "Message lost");
    get("/chats/1/messages/3").is(200);
  }

  @Test
  void aLostChatIsGoneAndItsMessagesAreRead() {
    get("/chats/2").isProblem(410, "chat-lost", "Chat lost");

    assertThat(numbers(get("/chats/2/messages").is(200).json())).containsExactly(1L);
    get("/chats/2/messages/1").isProblem(410, "message-lost", "Message lost");
    get("/chats/2/messages/2").isProblem(404, "message-not-found", "Message not found");
    message(2, 2, "written since", CREATED, null);
    assertThat(get("/chats/2/messages/2").is(200).text("body")).isEqualTo("written since");
  }

  @Test
  void countsIncludeLostRows() {
    assertThat(get("").is(200).number("chats_count")).isEqualTo(4);
    assertThat(get("/chats/1").is(200).number("messages_count")).isEqualTo(4);
  }

  @Test
  void aNumberThatIsPassedIsSetAside() {
    assertThat(
            get("/chats/4")
                .isProblem(404, "chat-set-aside", "Chat set aside")
                .header("Retry-After"))
        .isEmpty();
    for (String route : List.of("/messages", "/messages/1", "/messages/stream", "/search?q=x")) {
      get("/chats/4" + route).isProblem(404, "chat-set-aside", "Chat set aside");
    }
    assertThat(
            get("/chats/1/messages/4")
                .isProblem(404, "message-set-aside", "Message set aside")
                .header("Retry-After"))
        .isEmpty();
  }

  @Test
  void aNumberAboveThePersistedOnesIsNotPersistedYet() {
    for (String route : List.of("/chats/6", "/chats/1/messages/6")) {
      Http.Answer answer = get(route);
      answer.isProblem(404, "not-persisted-yet", "Not persisted yet");
      assertThat(answer.header("Retry-After")).hasValue("1");
    }
    get("/chats/7").isProblem(404, "chat-not-found", "Chat not found");
    get("/chats/1/messages/7").isProblem(404, "message-not-found", "Message not found");
  }

  @Test
  void zeroIsNoNumberThatWasPassed() {
    get("/chats/0").isProblem(404, "chat-not-found", "Chat not found");
    get("/chats/1/messages/0").isProblem(404, "message-not-found", "Message not found");
  }

  /** The rows say it: a counter that is lost or behind changes nothing. */
  @Test
  void whatIsSetAsideIsKnownWithoutRedis() {
    Server redis = servers.killable(ServerKind.REDIS);
    redis.kill();
    try {
      get("/chats/4").isProblem(404, "chat-set-aside", "Chat set aside");
      get("/chats/1/messages/4").isProblem(404, "message-set-aside", "Message set aside");
      get("/chats/6").isProblem(404, "chat-not-found", "Chat not found");
    } finally {
      redis.start();
    }
  }

  private void chat(int number, String created, @Nullable String lost) {
    mysql
        .sql(
            "INSERT INTO chats (app_id, number, messages_count, created_at, lost_at)"
                + " SELECT id, ?, 0, ?, ? FROM apps WHERE token = ?")
        .param(number)
        .param(created)
        .param(lost)
        .param(app)
        .update();
  }

  private void message(int chat, int number, String body, String created, @Nullable String lost) {
    mysql
        .sql(
            "INSERT INTO messages (app_id, chat_number, number, body, created_at, lost_at)"
                + " SELECT id, ?, ?, ?, ?, ? FROM apps WHERE token = ?")
        .param(chat)
        .param(number)
        .param(body)
        .param(created)
        .param(lost)
        .param(app)
        .update();
  }

  private static void counter(String key, String numbers) {
    api.getBean(StringRedisTemplate.class).opsForHash().put(key, PartitionKeys.NUMBERS, numbers);
  }

  private PartitionKeys keys() {
    return api.getBean(RedisLayout.class).partitions().of(new AppToken(app));
  }

  private static List<Long> numbers(JsonNode list) {
    return list.valueStream().map(element -> element.path("number").asLong()).toList();
  }

  private Http.Answer get(String path) {
    return Http.get(url("/apps/" + app + path));
  }

  private static String url(String path) {
    String port = api.getEnvironment().getRequiredProperty("local.server.port");
    return "http://127.0.0.1:" + port + path;
  }
}
