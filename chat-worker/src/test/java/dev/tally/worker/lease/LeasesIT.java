package dev.tally.worker.lease;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tally.common.partition.PartitionKeys;
import dev.tally.common.partition.Partitions;
import dev.tally.common.partition.RedisLayout;
import dev.tally.testkit.TestServers;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.core.StringRedisTemplate;

/** How a worker acquires and releases its leases. */
class LeasesIT {

  private static final Duration LEASE = Duration.ofSeconds(1);
  private static final Duration LONG_BATCH = LEASE.multipliedBy(3);

  private LettuceConnectionFactory connections;
  private StringRedisTemplate redis;

  @BeforeEach
  void connect() {
    connections = TestServers.wiped().redis();
    redis = new StringRedisTemplate(connections);
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
        new Leases(
            new LeaseScripts(redis),
            new RedisLayout(redis, new Partitions(1)),
            lease -> {
              begun.countDown();
              sleep(LONG_BATCH);
              lease.confirm();
              confirmed.set(true);
            },
            new LeaseProperties(LEASE),
            new SimpleMeterRegistry());
    leases.start();
    begun.await();

    leases.stop();

    assertThat(confirmed).isTrue();
    assertThat(redis.opsForValue().get(new PartitionKeys(0).owner())).isNull();
    assertThat(redis.opsForZSet().zCard(PartitionKeys.WORKERS)).isZero();
  }

  private static void sleep(Duration time) {
    try {
      Thread.sleep(time);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
