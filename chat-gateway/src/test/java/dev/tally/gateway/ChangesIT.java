package dev.tally.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tally.common.identity.AppToken;
import dev.tally.common.identity.ChatName;
import dev.tally.common.partition.PartitionKeys;
import dev.tally.common.queue.Job;
import dev.tally.common.queue.MessageChange;
import dev.tally.testkit.http.Http;
import java.net.http.HttpRequest;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Edits and deletions, as a whole gateway takes them. */
class ChangesIT extends ChangesFixture {

  private static void assertAccepted(Http.Answer answer, long message, long change) {
    assertThat(answer.is(200).body())
        .isEqualTo("{\"message_number\":%d,\"change_number\":%d}".formatted(message, change));
  }

  @Test
  void changesAreNumberedByChatBehindTheirMessages() {
    ChangedChat chat = chat();

    assertAccepted(chat.change("PUT", 2, "{\"body\":\"two!\"}"), 2, 1);
    assertAccepted(chat.change("PATCH", 1, "{\"body\":\"one!\"}"), 1, 2);
    assertAccepted(chat.change("DELETE", 2, null), 2, 3);

    assertThat(fixture.say(gateway, chat.app(), 1, "three").number("message_number")).isEqualTo(3);
    assertThat(chat.jobs())
        .extracting(Job::getClass)
        .asInstanceOf(InstanceOfAssertFactories.LIST)
        .containsExactly(
            Job.NewChat.class,
            Job.NewMessage.class,
            Job.NewMessage.class,
            Job.ChangedMessage.class,
            Job.ChangedMessage.class,
            Job.ChangedMessage.class,
            Job.NewMessage.class);
    Job.ChangedMessage deletion = (Job.ChangedMessage) chat.jobs().get(5);
    assertThat(deletion.message().number()).isEqualTo(2);
    assertThat(deletion.number()).isEqualTo(3);
    assertThat(deletion.change()).isEqualTo(new MessageChange.Deletion());
  }

  @Test
  void aChangeSaysWhoMakesItAndOfWhichRevision() {
    ChangedChat chat = chat();
    String trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    chat.change(
            "PUT",
            1,
            "{\"body\":\"x\",\"metadata\":{\"a\": 1.0},\"author\":\"ann\",\"expected_revision\":0}",
            "traceparent",
            trace)
        .is(200);

    assertThat(chat.lastChange().change()).isEqualTo(MessageChange.Edit.all("x", "{\"a\":1.0}"));
    assertThat(chat.lastChange().author()).isEqualTo("ann");
    assertThat(chat.lastChange().expectedRevision()).isEqualTo(0);
    assertThat(chat.lastChange().traceparent()).isEqualTo(trace);
    chat.change("DELETE", "1?author=b%C3%B6b&expected_revision=999999999999999", null).is(200);
    assertThat(chat.lastChange().author()).isEqualTo("böb");
    assertThat(chat.lastChange().expectedRevision()).isEqualTo(999_999_999_999_999L);
  }

  @Test
  void whatIsLeftOutIsGoneAfterAPutAndStaysAfterAPatch() {
    ChangedChat chat = chat();

    chat.change("PUT", 1, "{\"body\":\"x\"}").is(200);
    assertThat(chat.lastChange().change()).isEqualTo(new MessageChange.Edit("x", true, null));
    chat.change("PATCH", 1, "{\"body\":\"x\"}").is(200);
    assertThat(chat.lastChange().change()).isEqualTo(new MessageChange.Edit("x", false, null));
    chat.change("PATCH", 1, "{\"metadata\":{}}").is(200);
    assertThat(chat.lastChange().change()).isEqualTo(new MessageChange.Edit(null, true, "{}"));
    chat.change("PATCH", 1, "{\"body\":null,\"metadata\":null}").is(200);
    assertThat(chat.lastChange().change()).isEqualTo(new MessageChange.Edit(null, true, null));
    assertThat(chat.lastChange().author()).isNull();
    assertThat(chat.lastChange().expectedRevision()).isNull();
  }

  @Test
  void aFormWillDo() {
    ChangedChat chat = chat();
    String form = "application/x-www-form-urlencoded";

    assertAccepted(send(chat, "PUT", form, "body=a+b&metadata=%7B%7D&expected_revision=3"), 1, 1);
    assertThat(chat.lastChange().change()).isEqualTo(MessageChange.Edit.all("a b", "{}"));
    assertThat(chat.lastChange().expectedRevision()).isEqualTo(3);
    assertAccepted(send(chat, "PATCH", form, "metadata=null&author=ann"), 1, 2);
    assertThat(chat.lastChange().change()).isEqualTo(new MessageChange.Edit(null, true, null));
    send(chat, "PUT", "application/x-ndjson", "{\"body\":\"x\"}").is(415);
  }

  private static Http.Answer send(ChangedChat chat, String method, String type, String body) {
    String url =
        "http://127.0.0.1:%d/apps/%s/chats/1/messages/1"
            .formatted(GatewayFixture.port(gateway), chat.app());
    return Http.send(
        Http.request(url, "Content-Type", type)
            .method(method, HttpRequest.BodyPublishers.ofString(body)));
  }

  @Test
  void theSameRequestWithTheSameKeyHappensOnce() {
    ChangedChat chat = chat();
    String body = "{\"body\":\"x\"}";

    assertAccepted(chat.change("PUT", 1, body, "Idempotency-Key", "k"), 1, 1);
    assertAccepted(chat.change("PUT", 1, body), 1, 2);
    assertAccepted(chat.change("PUT", 1, body, "Idempotency-Key", "k"), 1, 1);

    assertThat(chat.jobs()).hasSize(5);
    assertReused(chat.change("PATCH", 1, body, "Idempotency-Key", "k"));
    assertReused(chat.change("PUT", 2, body, "Idempotency-Key", "k"));
    assertReused(chat.change("PUT", 1, "{\"body\":\"y\"}", "Idempotency-Key", "k"));
    assertReused(chat.change("PUT", 1, "{\"body\":\"x\",\"metadata\":{}}", "Idempotency-Key", "k"));
    assertReused(
        chat.change("PUT", 1, "{\"body\":\"x\",\"author\":\"a\"}", "Idempotency-Key", "k"));
    assertReused(
        chat.change("PUT", 1, "{\"body\":\"x\",\"expected_revision\":0}", "Idempotency-Key", "k"));
    assertReused(chat.change("DELETE", 1, null, "Idempotency-Key", "k"));
    assertReused(fixture.post(gateway, "/apps/" + chat.app() + "/chats", "Idempotency-Key", "k"));
    assertThat(chat.jobs()).hasSize(5);
  }

  private static void assertReused(Http.Answer answer) {
    answer.isProblem(422, "idempotency-key-reused", "Idempotency key reused");
  }

  @Test
  void removingMetadataIsAnotherRequestThanKeepingIt() {
    ChangedChat chat = chat();

    chat.change("PATCH", 1, "{\"body\":\"x\"}", "Idempotency-Key", "k").is(200);

    assertReused(
        chat.change("PATCH", 1, "{\"body\":\"x\",\"metadata\":null}", "Idempotency-Key", "k"));
  }

  /**
   * As after an upgrade: an older gateway has set the counter, and workers have persisted changes.
   */
  @Test
  void theChangesOfAnOlderChatGoOnAfterThosePersisted() {
    String app = fixture.app(2);
    fixture.message(app, 1, 5);
    fixture.message(app, 2, 5);
    persistChange(app, 1, 7);
    persistChange(app, 2, 8);
    ChangedChat chat = new ChangedChat(fixture, gateway, app);
    ChatName name = new ChatName(new AppToken(app), 1);
    gateway
        .getBean(StringRedisTemplate.class)
        .opsForHash()
        .put(chat.keys().messages(name), PartitionKeys.NUMBERS, "6");

    assertAccepted(chat.change("DELETE", 6, null), 6, 8);
    // Redis does not know the other one at all.
    assertAccepted(
        fixture.change(gateway, "DELETE", "/apps/" + app + "/chats/2/messages/5", null), 5, 9);
  }

  private static void persistChange(String app, int chat, int number) {
    JdbcClient.create(fixture.servers().dataSource())
        .sql(
            """
            INSERT INTO changes (app_id, chat_number, number, message_number, kind, effect, fingerprint, created_at)
            SELECT id, ?, ?, 5, 'delete', 'applied', '', UTC_TIMESTAMP(6) FROM apps WHERE token = ?""")
        .params(chat, number, app)
        .update();
  }

  @Test
  void limitsCountChanges() {
    ChangedChat chat = chat();
    try (ConfigurableApplicationContext limited =
        fixture.start(
            "--tally.gateway.rate-limit.per-second=1", "--tally.gateway.rate-limit.burst=2")) {
      String message = "/apps/" + chat.app() + "/chats/1/messages/1";
      fixture.change(limited, "DELETE", message, null).is(200);
      fixture.change(limited, "PUT", message, "{\"body\":\"x\"}").is(200);

      fixture
          .change(limited, "DELETE", message, null)
          .isProblem(429, "rate-limited", "Too many requests");
    }
  }

  @Test
  void pagesOfAllowedOriginsMayChangeMessages() {
    ChangedChat chat = chat();

    Http.Answer asked =
        chat.change(
            "OPTIONS",
            1,
            null,
            "Origin",
            "http://localhost:3000",
            "Access-Control-Request-Method",
            "PATCH");

    assertThat(asked.is(204).header("Access-Control-Allow-Methods"))
        .hasValue("POST, PUT, PATCH, DELETE");
  }

  @Test
  void metricsCountChanges() {
    chat().change("DELETE", 1, null).is(200);

    assertThat(fixture.get(gateway, "/actuator/prometheus").body())
        .containsPattern("tally_accepted_total\\{.*kind=\"change\".*} [1-9]");
  }
}
