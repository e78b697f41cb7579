package dev.tally.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.tally.stack.ReplicatedRedis;
import dev.tally.stack.Server;
import dev.tally.testkit.http.Http;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.context.ConfigurableApplicationContext;

/** A gateway whose writes a replica of Redis must confirm. */
class UnconfirmedWritesIT {

  private static final String ON = "--TALLY_WAIT_FOR_REPLICAS=1";

  private final GatewayFixture fixture = new GatewayFixture();

  @Test
  void aWriteIsAnsweredOnceTheReplicaHasIt(@TempDir Path folder) {
    try (ReplicatedRedis redis = ReplicatedRedis.start(folder, 1);
        ConfigurableApplicationContext gateway =
            fixture.start(ON, "--spring.data.redis.url=" + redis.servers().getFirst().url())) {
      // They would replace a primary that a busy machine keeps from answering.
      redis.watchers().forEach(Server::kill);
      String app = fixture.app(0);
      String chats = "/apps/" + app + "/chats";
      assertThat(fixture.post(gateway, chats).body()).isEqualTo("{\"chat_number\":1}");
      Server replica = redis.servers().getLast();
      replica.freeze();

      for (int i = 0; i < 2; i++) {
        Http.Answer unconfirmed = fixture.post(gateway, chats, "Idempotency-Key", "k");
        unconfirmed.isProblem(503, "unavailable", "Service unavailable");
        assertThat(unconfirmed.header("Retry-After")).hasValue("1");
      }
      fixture.say(gateway, app, 9, "to nobody").is(404);
      assertThat(fixture.get(gateway, "/actuator/prometheus").body())
          .containsPattern("tally_unconfirmed_total(\\{.*})? 2");

      replica.thaw();
      await()
          .untilAsserted(
              () ->
                  assertThat(fixture.post(gateway, chats, "Idempotency-Key", "k").body())
                      .isEqualTo("{\"chat_number\":2}"));
      assertThat(fixture.post(gateway, chats).body()).isEqualTo("{\"chat_number\":3}");
    }
  }

  @Test
  void redisMayNotWaitAsLongAsTheGateway() {
    assertThatThrownBy(() -> fixture.start(ON, "--TALLY_WAIT_TIMEOUT=2s").close())
        .rootCause()
        .isInstanceOf(InvalidConfigurationPropertyValueException.class)
        .hasMessageContaining("set TALLY_WAIT_TIMEOUT to less");
  }

  @Test
  void aClusterIsRefused() {
    assertThatThrownBy(() -> fixture.start(ON, "--tally.redis.cluster-nodes=127.0.0.1:1").close())
        .rootCause()
        .isInstanceOf(InvalidConfigurationPropertyValueException.class)
        .hasMessageContaining("set TALLY_WAIT_FOR_REPLICAS to 0");
  }
}
