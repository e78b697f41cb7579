package dev.tally.common.queue;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tally.common.deadletter.DeadLetter;
import dev.tally.common.identity.AppToken;
import dev.tally.common.partition.PartitionKeys;
import dev.tally.common.partition.Partitions;
import dev.tally.common.partition.RedisLayout;
import dev.tally.testkit.TestServers;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.core.StringRedisTemplate;

class WaitingJobsIT {

  private static final AppToken APP = new AppToken("0123456789abcdef0123456789abcdef");
  private static final AppToken OTHER = new AppToken("f".repeat(32));
  private static final PartitionKeys KEYS = new PartitionKeys(0);

  private final JobCodec codec = new JobCodec();
  private LettuceConnectionFactory connections;
  private StringRedisTemplate redis;
  private WaitingJobs waiting;

  @BeforeEach
  void connect() {
    connections = TestServers.wiped().redis();
    redis = new StringRedisTemplate(connections);
    waiting = new WaitingJobs(redis, new RedisLayout(redis, new Partitions(1), _ -> {}), codec);
  }

  @AfterEach
  void disconnect() {
    connections.destroy();
  }

  @Test
  void jobsThatWaitArePassedWhateverListTheyAreIn() {
    push(KEYS.jobs(APP), job(APP, 3));
    push(KEYS.jobs(OTHER), job(OTHER, 9));
    push(KEYS.retried(), job(APP, 2));
    push(KEYS.claimed(), job(APP, 1));
    push(KEYS.dead(), dead(job(APP, 4)));

    List<Long> numbers = new ArrayList<>();
    waiting.forEach(Set.of(APP), job -> numbers.add(number(job)));

    assertThat(numbers).containsExactlyInAnyOrder(1L, 2L, 3L);
  }

  @Test
  void allJobsOfOneAppInRedisArePassed() {
    push(KEYS.jobs(APP), job(APP, 3));
    push(KEYS.jobs(OTHER), job(OTHER, 9));
    push(KEYS.retried(), job(APP, 2));
    push(KEYS.retried(), job(OTHER, 8));
    push(KEYS.claimed(), job(APP, 1));
    push(KEYS.claimed(), job(OTHER, 7));
    push(KEYS.dead(), dead(job(APP, 4)));
    push(KEYS.dead(), dead(job(OTHER, 6)));

    assertThat(numbersInRedis()).containsOnly(1L, 2L, 3L, 4L);
  }

  /** It may be the highest of the numbers that somebody looks for. */
  @Test
  void aJobOfALaterVersionIsNotPassedOver() {
    push(KEYS.jobs(APP), job(APP, 3));
    push(KEYS.claimed(), job(APP, 4).replace("\"v\":1", "\"v\":1000"));

    assertThatThrownBy(this::numbersInRedis).isInstanceOf(NewerJobException.class);
    assertThatThrownBy(() -> waiting.forEach(Set.of(APP), _ -> {}))
        .isInstanceOf(NewerJobException.class);
  }

  @Test
  void longListsAreReadToTheirBeginning() {
    List<Long> numbers = LongStream.rangeClosed(1, 1_001).boxed().toList();
    numbers.forEach(number -> push(KEYS.jobs(APP), job(APP, number)));

    assertThat(numbersInRedis()).containsExactlyInAnyOrderElementsOf(numbers);
  }

  @Test
  void whatNobodyCanDecodeIsLeftOut() {
    push(KEYS.jobs(APP), "no job of " + APP.value());
    push(KEYS.dead(), "no dead letter of " + APP.value());
    push(KEYS.dead(), dead("no job of " + APP.value()));
    push(KEYS.dead(), dead(job(APP, 1)));

    assertThat(numbersInRedis()).containsOnly(1L);
  }

  /** A newer worker may have written it. */
  @Test
  void aDeadLetterWithAnUnknownReasonHasAJobToo() {
    push(KEYS.dead(), dead(job(APP, 5)).replace("chat-missing", "too-early"));

    assertThat(numbersInRedis()).containsOnly(5L);
  }

  private List<Long> numbersInRedis() {
    List<Long> numbers = new ArrayList<>();
    waiting.forEachInRedis(APP, job -> numbers.add(number(job)));
    return numbers;
  }

  private void push(String list, String text) {
    redis.opsForList().rightPush(list, text);
  }

  private String job(AppToken app, long number) {
    return codec.openChat(app, ChatContent.NONE, Instant.ofEpochSecond(1), null) + number + "}";
  }

  private static String dead(String job) {
    return DeadLetter.now(DeadLetter.Reason.CHAT_MISSING, job.getBytes(UTF_8)).encode();
  }

  private static long number(Job job) {
    return ((Job.NewChat) job).chat().number();
  }
}
