package dev.tally.system.operations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tally.common.identity.AppToken;
import dev.tally.common.partition.Partitions;
import dev.tally.stack.Server;
import dev.tally.stack.ServerKind;
import dev.tally.system.RunningTally;
import dev.tally.system.TallyClient;
import dev.tally.testkit.http.Http;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;
import tools.jackson.databind.JsonNode;

/** The state of the deployment, as {@code /operations} shows it to operators. */
class OperationsIT {

  private final RunningTally running = RunningTally.shared();
  private final TallyClient tally = TallyClient.of(running);

  @Test
  void queuedJobsAreShownAndThenPersistedMessages() {
    String app = tally.newApp();
    long chat = tally.newChat(app);
    tally.awaitChats(app, 1);
    int partition = new Partitions(16).of(new AppToken(app)).partition();
    // Tests before this one may have left jobs.
    await()
        .atMost(Duration.ofMinutes(1))
        .until(() -> look().path("queue").path("depth").asLong() == 0);
    running.stopWorker();
    try {
      for (int i = 0; i < 5; i++) {
        tally.say(app, chat, "hi");
      }
      await()
          .atMost(Duration.ofMinutes(1))
          .untilAsserted(
              () -> {
                JsonNode queue = look().path("queue");
                assertThat(queue.path("depth").asLong()).isEqualTo(5);
                assertThat(queue.path("oldest_age_seconds").asDouble()).isPositive();
                assertThat(queue.path("partitions").size()).isEqualTo(16);
                JsonNode own = queue.path("partitions").get(partition);
                assertThat(own.path("partition").asInt()).isEqualTo(partition);
                assertThat(own.path("depth").asLong()).isEqualTo(5);
              });
    } finally {
      running.startWorker();
    }
    await()
        .atMost(Duration.ofMinutes(1))
        .untilAsserted(
            () -> {
              JsonNode view = look();
              assertThat(view.path("queue").path("depth").asLong()).isZero();
              assertThat(view.path("queue").path("oldest_age_seconds").asDouble()).isZero();
              assertThat(view.path("outbox_backlog").asLong(-1)).isZero();
              assertThat(view.path("persisted_messages").asLong()).isGreaterThanOrEqualTo(5);
            });
  }

  @Test
  void withoutRedisTheOtherFiguresAreShown() {
    Server redis = running.servers().killable(ServerKind.REDIS);
    redis.kill();
    try {
      await()
          .atMost(Duration.ofMinutes(1))
          .untilAsserted(
              () -> {
                assertThat(look().path("queue").isNull()).isTrue();
                assertThat(look().path("outbox_backlog").isIntegralNumber()).isTrue();
              });
    } finally {
      redis.start();
    }
    await().atMost(Duration.ofMinutes(1)).until(() -> look().path("queue").isObject());
  }

  @Test
  void withAnAdminKeySetARequestNeedsIt() {
    String key = "correct-horse-battery-staple";
    try (ConfigurableApplicationContext guarded = running.startApi("--TALLY_ADMIN_KEY=" + key)) {
      String url = RunningTally.url(guarded) + "/operations";

      Http.get(url).isProblem(401, "unauthorized", "Unauthorized");
      Http.get(url, "Authorization", "Bearer wrong-horse-battery-staple")
          .isProblem(401, "unauthorized", "Unauthorized");
      Http.get(url, "Authorization", "Bearer " + key).is(200);
    }
  }

  private JsonNode look() {
    return Http.get(tally.api() + "/operations").is(200).json();
  }
}
