package dev.tally.common.redis.topology;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.tally.stack.ReplicatedRedis;
import dev.tally.stack.Server;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisException;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.dao.DataAccessException;
import org.springframework.data.redis.connection.RedisConnection;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.core.StringRedisTemplate;

/** Connections follow the primary, also away from one that does not end them. */
class FailoverWatchIT {

  private static final Logger LOG =
      (Logger) LoggerFactory.getLogger(FailoverWatch.class.getPackageName());

  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final ListAppender<ILoggingEvent> logged = new ListAppender<>();
  private ReplicatedRedis group;

  @BeforeEach
  void start(@TempDir Path folder) {
    group = ReplicatedRedis.start(folder, 1);
    logged.start();
    LOG.addAppender(logged);
  }

  @AfterEach
  void stop() {
    LOG.detachAppender(logged);
    group.close();
  }

  private ApplicationContextRunner service() {
    return new ApplicationContextRunner()
        .withConfiguration(AutoConfigurations.of(DataRedisAutoConfiguration.class))
        .withUserConfiguration(TopologyConfiguration.class)
        .withBean(MeterRegistry.class, SimpleMeterRegistry::new)
        .withPropertyValues(
            "spring.data.redis.url=redis://127.0.0.1:1",
            "spring.data.redis.timeout=1s",
            "tally.redis.cluster-nodes=",
            "tally.redis.sentinel-nodes=" + group.sentinels(),
            "tally.redis.sentinel-master=" + group.master(),
            "tally.redis.sentinel-password=");
  }

  @Test
  void everyConnectionLeavesAFrozenPrimary() {
    service()
        .run(
            context -> {
              RedisConnectionFactory connections = context.getBean(RedisConnectionFactory.class);
              StringRedisTemplate shared = context.getBean(StringRedisTemplate.class);
              RedisClient client =
                  (RedisClient)
                      context.getBean(LettuceConnectionFactory.class).getRequiredNativeClient();
              BlockingQueue<String> heard = new LinkedBlockingQueue<>();
              try (StatefulRedisConnection<String, String> own = client.connect();
                  RedisConnection subscription = connections.getConnection()) {
                subscription.subscribe(
                    (message, _) -> heard.add(new String(message.getBody(), UTF_8)),
                    "news".getBytes(UTF_8));
                RedisCommands<String, String> commands = own.sync();
                shared.opsForValue().set("who", "first");
                assertThat(commands.get("who")).isEqualTo("first");
                group.awaitReplicas();

                Server first = group.primary();
                first.freeze();
                try {
                  await().atMost(PATIENCE).until(() -> group.primary() != first);
                  await()
                      .atMost(PATIENCE)
                      .ignoreExceptionsInstanceOf(DataAccessException.class)
                      .untilAsserted(() -> shared.opsForValue().set("who", "second"));
                  await()
                      .atMost(PATIENCE)
                      .ignoreExceptionsInstanceOf(RedisException.class)
                      .until(() -> commands.get("who"), "second"::equals);
                  await()
                      .atMost(PATIENCE)
                      .until(
                          () -> {
                            shared.convertAndSend("news", "it works");
                            return heard.contains("it works");
                          });
                } finally {
                  first.thaw();
                }
              }
              assertThat(
                      context
                          .getBean(MeterRegistry.class)
                          .get("tally.redis.failovers")
                          .counter()
                          .count())
                  .isEqualTo(1);
              assertThat(log())
                  .filteredOn(line -> line.startsWith("Redis has failed over from"))
                  .singleElement()
                  .asString()
                  .endsWith("to 127.0.0.1:" + group.primary().port());
            });
  }

  /** It takes writes until the Sentinels have noticed it, and they are lost. */
  @Test
  void noConnectionOpensToAFormerPrimaryThatIsStartedAgain() {
    service()
        .run(
            context -> {
              FailoverWatch watch = context.getBean(FailoverWatch.class);
              StringRedisTemplate redis = context.getBean(StringRedisTemplate.class);
              Server first = group.primary();
              redis.opsForValue().set("written", "to the first");
              killAndAwaitPromotion(first);
              watch.look();
              first.start();
              group.awaitReplicas();

              // What this process has heard last is that the first one is a former primary.
              watch.stop();
              Server second = group.primary();
              killAndAwaitPromotion(second);
              second.start();

              await()
                  .atMost(PATIENCE)
                  .ignoreExceptionsInstanceOf(DataAccessException.class)
                  .untilAsserted(() -> redis.opsForValue().set("written", "after both"));
              group.awaitReplicas();
              assertThat(group.primary()).isSameAs(first);
              assertThat(redis.opsForValue().get("written")).isEqualTo("after both");
            });
  }

  private void killAndAwaitPromotion(Server primary) {
    primary.kill();
    await().atMost(PATIENCE).until(() -> group.primary() != primary);
  }

  @Test
  void aSentinelThatIsAwayIsNamedOnce() {
    Server away = group.watchers().getFirst();
    service()
        .run(
            context -> {
              FailoverWatch watch = context.getBean(FailoverWatch.class);
              watch.stop();
              watch.look();
              away.kill();
              watch.look();
              watch.look();
              away.start();
              watch.look();
              watch.look();

              String sentinel = "the Redis Sentinel 127.0.0.1:" + away.port();
              assertThat(log())
                  .satisfiesExactly(
                      line -> assertThat(line).startsWith(sentinel + " does not answer: "),
                      line -> assertThat(line).isEqualTo(sentinel + " answers again"));
            });
  }

  @Test
  void aWrongNameOfTheGroupIsExplained() {
    service()
        .withPropertyValues("tally.redis.sentinel-master=other")
        .run(
            context -> {
              FailoverWatch watch = context.getBean(FailoverWatch.class);
              watch.stop();
              watch.look();

              assertThat(log())
                  .hasSize(3)
                  .allSatisfy(
                      line ->
                          assertThat(line)
                              .endsWith(
                                  " knows no primary 'other': set TALLY_REDIS_SENTINEL_MASTER"));
            });
  }

  private List<String> log() {
    return logged.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
  }
}
