package dev.tally.worker.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tally.common.partition.PartitionKeys;
import dev.tally.common.partition.Partitions;
import dev.tally.common.partition.RedisLayout;
import dev.tally.common.redis.RedisRequirements;
import dev.tally.testkit.TestServers;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.core.RedisCallback;
import org.springframework.data.redis.core.StringRedisTemplate;

/** How a worker acquires and releases its leases. */
class LeasesIT {

  private static final Duration LEASE = Duration.ofSeconds(1);
  private static final Duration LONG_BATCH = LEASE.multipliedBy(3);

  private TestServers servers;
  private LettuceConnectionFactory connections;
  private StringRedisTemplate redis;
  private RedisLayout layout;
  private RedisRequirements requirements;

  @BeforeEach
  void connect() {
    servers = TestServers.wiped();
    connections = servers.redis();
    redis = new StringRedisTemplate(connections);
    layout = new RedisLayout(redis, new Partitions(1), _ -> {});
    requirements = new RedisRequirements(connections, layout, false, new SimpleMeterRegistry());
  }

  @AfterEach
  void disconnect() {
    connections.destroy();
  }

  @Test
  void aBatchThatTakesLongerThanALeaseIsFinishedBeforeTheWorkerStops() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    AtomicBoolean confirmed = new AtomicBoolean();
    Leases leases =
        leases(
            lease -> {
              begun.countDown();
              sleep(LONG_BATCH);
              lease.confirm();
              confirmed.set(true);
            });
    leases.start();
    begun.await();

    leases.stop();

    assertThat(confirmed).isTrue();
    assertThat(redis.opsForValue().get(new PartitionKeys(0).owner())).isNull();
    assertThat(redis.opsForZSet().zCard(PartitionKeys.WORKERS)).isZero();
  }

  @Test
  void aRedisThatTurnsUnfitIsLeftAloneUntilItIsFitAgain() {
    Leases leases =
        leases(
            lease -> {
              while (lease.held()) {
                lease.pause(LEASE);
              }
            });
    leases.start();
    try {
      await().until(() -> leases.owned().contains(0));

      servers.redisMaxMemory(1L << 30);
      evict("allkeys-lru");
      requirements.check();

      await().until(() -> leases.owned().isEmpty());
      await().until(() -> redis.opsForValue().get(new PartitionKeys(0).owner()) == null);

      evict("noeviction");
      requirements.check();

      await().until(() -> leases.owned().contains(0));
    } finally {
      evict("noeviction");
      servers.redisMaxMemory(0);
      leases.stop();
    }
  }

  private Leases leases(LeasedWork work) {
    return new Leases(
        new LeaseScripts(redis),
        requirements,
        layout,
        work,
        new LeaseProperties(LEASE),
        new SimpleMeterRegistry());
  }

  private void evict(String policy) {
    redis.execute(
        (RedisCallback<?>)
            connection -> {
              connection.serverCommands().setConfig("maxmemory-policy", policy);
              return null;
            });
  }

  private static void sleep(Duration time) {
    try {
      Thread.sleep(time);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
