package dev.tally.common.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tally.common.identity.AppToken;
import dev.tally.common.partition.PartitionKeys;
import dev.tally.testkit.TestServers;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.core.StringRedisTemplate;

class QueueStateIT {

  private static final AppToken APP = new AppToken("0123456789abcdef0123456789abcdef");
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
    assertThat(state()).isEqualTo(new QueueState(0, Duration.ZERO, 0));
  }

  @Test
  void theDepthCountsJobsAndClaimedJobs() {
    push(KEYS.jobs(), 3, Duration.ZERO);
    push(KEYS.claimed(), 2, Duration.ZERO);
    push(KEYS.dead(), 4, Duration.ZERO);
    push(new PartitionKeys(4).jobs(), 9, Duration.ZERO);

    assertThat(state().depth()).isEqualTo(5);
    assertThat(state().deadLetters()).isEqualTo(4);
  }

  @Test
  void theAgeIsThatOfTheFirstJob() {
    push(KEYS.jobs(), 1, Duration.ofHours(1));
    push(KEYS.jobs(), 1, Duration.ofHours(5));

    assertThat(state().oldestAge()).isBetween(Duration.ofHours(1), Duration.ofMinutes(65));
  }

  @Test
  void aClaimedJobIsOlderThanAWaitingOne() {
    push(KEYS.jobs(), 1, Duration.ofHours(1));
    push(KEYS.claimed(), 1, Duration.ofHours(2));

    assertThat(state().oldestAge()).isBetween(Duration.ofHours(2), Duration.ofMinutes(125));
  }

  @Test
  void aJobFromAClockThatIsAheadHasNoAge() {
    push(KEYS.jobs(), 1, Duration.ofHours(-1));

    assertThat(state().oldestAge()).isZero();
  }

  @Test
  void aJobThatCannotBeReadHasNoAge() {
    redis.opsForList().rightPush(KEYS.jobs(), "broken");

    assertThat(state()).isEqualTo(new QueueState(1, Duration.ZERO, 0));
  }

  private QueueState state() {
    return QueueState.of(KEYS, redis, codec);
  }

  private void push(String list, int jobs, Duration age) {
    for (int i = 1; i <= jobs; i++) {
      String open = codec.openChat(APP, Instant.now().minus(age), null);
      redis.opsForList().rightPush(list, open + i + "}");
    }
  }
}
