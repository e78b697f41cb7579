package dev.tally.common.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tally.common.identity.AppToken;
import dev.tally.common.partition.PartitionKeys;
import dev.tally.testkit.TestServers;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.core.StringRedisTemplate;

class QueueStateIT {

  private static final AppToken APP = new AppToken("0123456789abcdef0123456789abcdef");
  private static final AppToken OTHER = new AppToken("f".repeat(32));
  private static final PartitionKeys KEYS = new PartitionKeys(3);

  private final JobCodec codec = new JobCodec();
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
  void anEmptyQueueHasNoAge() {
    assertThat(state()).isEqualTo(new QueueState(0, 0, Duration.ZERO, 0));
  }

  @Test
  void theDepthCountsJobsAndClaimedJobs() {
    wait(KEYS, 3, 250);
    push(KEYS.claimed(), 2, Duration.ZERO);
    push(KEYS.dead(), 4, Duration.ZERO);
    wait(new PartitionKeys(4), 9, 900);

    assertThat(state().depth()).isEqualTo(5);
    assertThat(state().bytes()).isEqualTo(250);
    assertThat(state().deadLetters()).isEqualTo(4);
  }

  @Test
  void theAgeIsThatOfTheFirstJob() {
    turn(APP);
    push(KEYS.jobs(APP), 1, Duration.ofHours(1));
    push(KEYS.jobs(APP), 1, Duration.ofHours(5));

    assertThat(state().oldestAge()).isBetween(Duration.ofHours(1), Duration.ofMinutes(65));
  }

  @Test
  void theAgeIsThatOfTheAppWithTheOldestJob() {
    turn(APP);
    push(KEYS.jobs(APP), 1, Duration.ofHours(1));
    turn(OTHER);
    push(KEYS.jobs(OTHER), 1, Duration.ofHours(3));

    assertThat(state().oldestAge()).isBetween(Duration.ofHours(3), Duration.ofMinutes(185));
  }

  @Test
  void aClaimedJobAndARetriedOneMayBeTheOldest() {
    turn(APP);
    push(KEYS.jobs(APP), 1, Duration.ofHours(1));
    push(KEYS.claimed(), 1, Duration.ofHours(2));
    assertThat(state().oldestAge()).isBetween(Duration.ofHours(2), Duration.ofMinutes(125));

    push(KEYS.retried(), 1, Duration.ofHours(4));
    assertThat(state().oldestAge()).isBetween(Duration.ofHours(4), Duration.ofMinutes(245));
  }

  @Test
  void aJobFromAClockThatIsAheadHasNoAge() {
    turn(APP);
    push(KEYS.jobs(APP), 1, Duration.ofHours(-1));

    assertThat(state().oldestAge()).isZero();
  }

  @Test
  void aJobThatCannotBeReadHasNoAge() {
    redis.opsForList().rightPush(KEYS.claimed(), "broken");

    assertThat(state()).isEqualTo(new QueueState(1, 0, Duration.ZERO, 0));
  }

  @Test
  void aCountThatIsNoNumberIsZero() {
    redis.opsForHash().put(KEYS.state(), PartitionKeys.JOBS, "many");
    redis.opsForHash().put(KEYS.state(), PartitionKeys.BYTES, "1e3");

    assertThat(state()).isEqualTo(new QueueState(0, 0, Duration.ZERO, 0));
  }

  private void wait(PartitionKeys keys, int jobs, int bytes) {
    redis
        .opsForHash()
        .putAll(
            keys.state(),
            Map.of(
                PartitionKeys.JOBS, Integer.toString(jobs),
                PartitionKeys.BYTES, Integer.toString(bytes)));
  }

  private void turn(AppToken app) {
    redis.opsForList().rightPush(KEYS.ring(), app.value());
  }

  private QueueState state() {
    return QueueState.of(KEYS, redis, codec);
  }

  private void push(String list, int jobs, Duration age) {
    for (int i = 1; i <= jobs; i++) {
      String open = codec.openChat(APP, ChatContent.NONE, Instant.now().minus(age), null);
      redis.opsForList().rightPush(list, open + i + "}");
    }
  }
}
