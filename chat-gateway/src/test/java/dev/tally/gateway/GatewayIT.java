package dev.tally.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.tally.common.identity.AppToken;
import dev.tally.common.identity.ChatName;
import dev.tally.common.partition.PartitionKeys;
import dev.tally.common.partition.Partitions;
import dev.tally.common.queue.Job;
import dev.tally.common.queue.JobCodec;
import dev.tally.testkit.http.Http;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.data.redis.core.StringRedisTemplate;

/** A whole gateway on real servers: numbers, the queue, limits and metrics. */
class GatewayIT {

  private static GatewayFixture fixture;
  private static ConfigurableApplicationContext gateway;
  private static StringRedisTemplate redis;

  @BeforeAll
  static void start() {
    fixture = new GatewayFixture();
    gateway = fixture.start();
    redis = gateway.getBean(StringRedisTemplate.class);
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  @Test
  void aNewAppStartsAtOne() {
    String app = fixture.app(0);

    assertThat(fixture.post(gateway, "/apps/" + app + "/chats").body())
        .isEqualTo("{\"chat_number\":1}");
    assertThat(fixture.say(gateway, app, 1, "hi").body()).isEqualTo("{\"message_number\":1}");
  }

  @Test
  void numberingContinuesAfterTheHighestNumberInMySql() {
    String app = fixture.app(3);
    fixture.message(app, 2, 5);

    assertThat(fixture.say(gateway, app, 2, "next").body()).isEqualTo("{\"message_number\":6}");
    assertThat(fixture.say(gateway, app, 1, "first").body()).isEqualTo("{\"message_number\":1}");
    assertThat(fixture.post(gateway, "/apps/" + app + "/chats").body())
        .isEqualTo("{\"chat_number\":4}");
    fixture.say(gateway, app, 5, "nowhere").is(404);
  }

  @Test
  void countersThatRedisHasLostAreRecovered() {
    String app = fixture.app(2);
    fixture.message(app, 1, 8);
    assertThat(fixture.say(gateway, app, 1, "x").body()).isEqualTo("{\"message_number\":9}");
    PartitionKeys keys = new Partitions(16).of(new AppToken(app));

    double lostBefore = countersLost();
    redis.delete(
        List.of(keys.chats(new AppToken(app)), keys.messages(new ChatName(new AppToken(app), 1))));

    // No worker runs, so the job with number 9 still waits.
    assertThat(fixture.say(gateway, app, 1, "x").body()).isEqualTo("{\"message_number\":10}");
    assertThat(fixture.post(gateway, "/apps/" + app + "/chats").body())
        .isEqualTo("{\"chat_number\":3}");
    assertThat(countersLost() - lostBefore).isEqualTo(2);
  }

  @Test
  void aNewAppHasLostNoCounter() {
    String app = fixture.app(0);
    double lostBefore = countersLost();

    fixture.post(gateway, "/apps/" + app + "/chats");
    fixture.say(gateway, app, 1, "hi");

    assertThat(countersLost()).isEqualTo(lostBefore);
  }

  /** As Redis is after a failover to a replica that was behind. */
  @Test
  void aLossIsNamedAlthoughNobodyWrites() {
    String app = fixture.app(0);
    fixture.post(gateway, "/apps/" + app + "/chats").is(201);
    PartitionKeys keys = new Partitions(16).of(new AppToken(app));
    Counter raised =
        gateway
            .getBean(MeterRegistry.class)
            .get("tally.epochs.raised")
            .tag("fault", "redis-lost-writes")
            .counter();
    double before = raised.count();

    redis.opsForHash().putAll(keys.state(), Map.of("run", "earlier", "position", "0"));

    await().atMost(Duration.ofSeconds(30)).until(() -> raised.count() == before + 1);
  }

  private static double countersLost() {
    return gateway.getBean(MeterRegistry.class).counter("tally.counters.lost").count();
  }

  @Test
  void jobsLieInTheQueueInTheOrderOfTheirNumbers() throws Exception {
    String app = fixture.app(0);
    String trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    PartitionKeys keys = new Partitions(16).of(new AppToken(app));

    fixture.post(gateway, "/apps/" + app + "/chats", "traceparent", trace);
    fixture.say(gateway, app, 1, "one");
    fixture.say(gateway, app, 1, "two \"}");

    JobCodec codec = new JobCodec();
    List<Job> jobs = new ArrayList<>();
    for (String text : redis.opsForList().range(keys.jobs(new AppToken(app)), 0, -1)) {
      jobs.add(codec.decode(text));
    }
    assertThat(jobs).hasSize(3);
    assertThat(jobs.get(0)).isInstanceOf(Job.NewChat.class);
    assertThat(jobs.get(0).traceparent()).isEqualTo(trace);
    assertThat(((Job.NewMessage) jobs.get(1)).message().number()).isEqualTo(1);
    assertThat(((Job.NewMessage) jobs.get(2)).message().number()).isEqualTo(2);
    assertThat(((Job.NewMessage) jobs.get(2)).content().body()).isEqualTo("two \"}");
  }

  @Test
  void aFullQueueRefusesAndTakesNoNumber() {
    String app = fixture.app(0);
    PartitionKeys keys = new Partitions(16).of(new AppToken(app));
    Object waiting = redis.opsForHash().get(keys.state(), PartitionKeys.JOBS);
    long limit = (waiting == null ? 0 : Long.parseLong(waiting.toString())) + 3;
    try (ConfigurableApplicationContext small =
        fixture.start("--tally.gateway.queue-limit=" + limit)) {
      fixture.post(small, "/apps/" + app + "/chats");
      fixture.say(small, app, 1, "one");
      fixture.say(small, app, 1, "two");

      Http.Answer refused = fixture.say(small, app, 1, "three");

      refused.isProblem(503, "queue-full", "Queue full");
      assertThat(refused.header("Retry-After")).hasValue("5");
    }
    assertThat(fixture.say(gateway, app, 1, "three").body()).isEqualTo("{\"message_number\":3}");
  }

  @Test
  void anAppAboveItsRateLimitHasToWait() {
    String app = fixture.app(1);
    try (ConfigurableApplicationContext limited =
        fixture.start(
            "--tally.gateway.rate-limit.per-second=1", "--tally.gateway.rate-limit.burst=2")) {
      fixture.say(limited, app, 1, "one").is(201);
      fixture.say(limited, app, 1, "two").is(201);

      Http.Answer refused = fixture.say(limited, app, 1, "three");

      refused.isProblem(429, "rate-limited", "Too many requests");
      assertThat(refused.header("Retry-After")).isPresent();
      String other = fixture.app(1);
      fixture.say(limited, other, 1, "elsewhere").is(201);
    }
  }

  @Test
  void anotherNumberOfPartitionsIsRefused() {
    assertThatThrownBy(() -> fixture.start("--tally.partitions=8").close())
        .rootCause()
        .hasMessageContaining("TALLY_PARTITIONS=16");
  }

  @Test
  void metricsCountAcceptedAndRefusedWrites() {
    String app = fixture.app(1);
    fixture.say(gateway, app, 1, "hi");
    fixture.say(gateway, app, 1, "");

    String metrics = fixture.get(gateway, "/actuator/prometheus").body();

    assertThat(metrics).containsPattern("tally_accepted_total\\{.*kind=\"message\".*} [1-9]");
    assertThat(metrics)
        .containsPattern("tally_rejected_total\\{.*reason=\"invalid-field\".*} [1-9]");
  }
}
