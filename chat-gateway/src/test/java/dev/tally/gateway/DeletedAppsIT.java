package dev.tally.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tally.common.accept.counter.AppAccess;
import dev.tally.common.identity.AppToken;
import dev.tally.common.partition.PartitionKeys;
import dev.tally.common.partition.Partitions;
import dev.tally.common.partition.RedisLayout;
import dev.tally.stack.Server;
import dev.tally.stack.ServerKind;
import dev.tally.testkit.http.Http;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Nothing is accepted in a deleted app, nor in one of which nobody knows whether it is. */
class DeletedAppsIT extends SharedGateway {

  private static PartitionKeys keys(String app) {
    return new Partitions(16).of(new AppToken(app));
  }

  private static String chats(String app) {
    return keys(app).chats(new AppToken(app));
  }

  private static Long waiting(String app) {
    return redis.opsForList().size(keys(app).jobs(new AppToken(app)));
  }

  private static void markInMySql(String app) {
    JdbcClient.create(fixture.servers().dataSource())
        .sql("UPDATE apps SET deleted_at = UTC_TIMESTAMP(6) WHERE token = ?")
        .param(app)
        .update();
  }

  private static void assertGone(Http.Answer answer) {
    answer.isProblem(410, "app-deleted", "App deleted");
    assertThat(answer.header("Retry-After")).isEmpty();
  }

  @Test
  void everyWriteOfADeletedAppIsRefusedAlsoARepeatedOne() {
    String app = fixture.app(0);
    String path = "/apps/" + app + "/chats";
    fixture.post(gateway, path, "Idempotency-Key", "k").is(201);
    fixture.say(gateway, app, 1, "hi").is(201);

    new AppAccess(redis, gateway.getBean(RedisLayout.class)).delete(new AppToken(app));

    assertGone(fixture.post(gateway, path, "Idempotency-Key", "k"));
    assertGone(fixture.post(gateway, path));
    assertGone(fixture.say(gateway, app, 1, "x"));
    assertGone(fixture.say(gateway, app, 2, "to a chat that there never was"));
    assertGone(fixture.batch(gateway, app, 1, "{\"body\":\"x\"}\n"));
    assertGone(fixture.change(gateway, "PUT", path + "/1/messages/1", "{\"body\":\"x\"}"));
    assertGone(fixture.change(gateway, "DELETE", path + "/1/messages/1", null));
    assertGone(fixture.change(gateway, "DELETE", "/apps/" + app + "/messages?author=ann", null));
    assertThat(waiting(app)).isEqualTo(2);
  }

  @Test
  void aDeletionThatRedisHasLostIsLearnedFromMySql() {
    String app = fixture.app(1);
    fixture.say(gateway, app, 1, "hi").is(201);
    markInMySql(app);
    redis.delete(chats(app));

    assertGone(fixture.say(gateway, app, 1, "x"));
    assertGone(fixture.post(gateway, "/apps/" + app + "/chats"));

    assertThat(redis.hasKey(chats(app))).isFalse();
    assertThat(waiting(app)).isEqualTo(1);
  }

  @Test
  void anUnknownAccessIsNeverTakenForAnOpenOne() {
    Server mariaDb = fixture.servers().killable(ServerKind.MARIADB);
    Map<String, Map<String, String>> unknown =
        Map.of(
            "lost", Map.of(),
            "of an older gateway", Map.of("numbers", "1"),
            "of another epoch", Map.of("numbers", "1", "epoch", "77", "access", "open"),
            "spoiled", Map.of("numbers", "1", "access", "opened"));
    for (Map.Entry<String, Map<String, String>> access : unknown.entrySet()) {
      String app = fixture.app(0);
      fixture.post(gateway, "/apps/" + app + "/chats", "Idempotency-Key", "k").is(201);
      redis.delete(chats(app));
      if (!access.getValue().isEmpty()) {
        redis.opsForHash().putAll(chats(app), access.getValue());
      }
      mariaDb.kill();
      try {
        for (Http.Answer answer :
            List.of(
                fixture.say(gateway, app, 1, "x"),
                fixture.post(gateway, "/apps/" + app + "/chats"),
                fixture.post(gateway, "/apps/" + app + "/chats", "Idempotency-Key", "k"))) {
          answer.isProblem(503, "unavailable", "Service unavailable");
        }
      } finally {
        mariaDb.start();
      }
      assertThat(waiting(app)).as(access.getKey()).isEqualTo(1);

      fixture.say(gateway, app, 1, "x").is(201);
      assertThat(redis.opsForHash().entries(chats(app)))
          .as(access.getKey())
          .isEqualTo(Map.of("numbers", "1", "access", "open"));
    }
  }
}
