package dev.tally.worker.drain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tally.common.identity.AppToken;
import dev.tally.common.partition.PartitionKeys;
import dev.tally.worker.drain.queue.Claim;
import dev.tally.worker.lease.Lease;
import dev.tally.worker.lease.LeaseTaker;
import java.util.List;
import java.util.Objects;
import java.util.Properties;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.data.redis.connection.RedisConnection;
import org.springframework.data.redis.connection.RedisConnectionFactory;

/** A large batch is moved in several calls, between which Redis serves others. */
class ClaimStepsIT {

  private static final PartitionKeys KEYS = new PartitionKeys(7);
  private static final AppToken ONE = new AppToken("1".repeat(32));
  private static final AppToken OTHER = new AppToken("2".repeat(32));

  private static WorkerParts parts;

  @BeforeAll
  static void start() {
    parts = new WorkerParts();
    // Redis gets the script with its first call, which counts twice.
    claim(BatchLimit.of(1, 1));
  }

  @AfterAll
  static void stop() {
    parts.close();
  }

  @BeforeEach
  void wipe() {
    parts.wipeRedis();
    parts.epochs.check(KEYS, 0);
  }

  @Test
  void aBatchOfManyJobsIsOneBatch() {
    List<String> ofOne = jobs("one", 3_000, "");
    List<String> ofOther = jobs("other", 100, "");
    parts.queue(KEYS, ONE, ofOne);
    parts.queue(KEYS, OTHER, ofOther);

    Claim batch = claim(BatchLimit.of(2_600, 4_000_000));

    assertThat(batch.redelivered()).isFalse();
    List<String> texts = WorkerParts.texts(batch.jobs());
    assertThat(texts).hasSize(2_600);
    assertThat(texts.stream().filter(job -> job.startsWith("other"))).isEqualTo(ofOther);
    assertThat(Stream.concat(texts.stream(), parts.list(KEYS.jobs(ONE)).stream()))
        .filteredOn(job -> job.startsWith("one"))
        .isEqualTo(ofOne);
    assertThat(waiting()).isEqualTo("500");
    assertThat(calls()).isGreaterThanOrEqualTo(5);
  }

  @Test
  void aBatchOfLongJobsEndsAtItsBytes() {
    parts.queue(KEYS, ONE, jobs("one", 1_000, "x".repeat(4_000)));

    Claim batch = claim(BatchLimit.of(4_000, 2_000_000));

    int bytes = batch.jobs().stream().mapToInt(job -> job.length).sum();
    assertThat(bytes).isBetween(1_990_000, 2_000_000);
    assertThat(waiting()).isEqualTo(Integer.toString(1_000 - batch.jobs().size()));
    assertThat(calls()).isGreaterThanOrEqualTo(4);
  }

  @Test
  void fewJobsAreOneCall() {
    parts.queue(KEYS, ONE, jobs("one", 400, ""));

    assertThat(claim(BatchLimit.of(4_000, 4_000_000)).jobs()).hasSize(400);

    assertThat(calls()).isEqualTo(1);
  }

  @Test
  void countsThatAreNoNumbersAreForgotten() {
    for (String count : List.of(PartitionKeys.JOBS, PartitionKeys.BYTES)) {
      parts.redis.opsForHash().put(KEYS.state(), count, "many");

      assertThat(claim(BatchLimit.of(4_000, 4_000_000)).jobs()).isEmpty();

      assertThat(parts.redis.opsForHash().entries(KEYS.state()))
          .doesNotContainKeys(PartitionKeys.JOBS, PartitionKeys.BYTES);
    }
  }

  private static Claim claim(BatchLimit limit) {
    LeaseTaker worker = new LeaseTaker("w0", parts.redis);
    worker.acquire(KEYS);
    Lease lease = worker.lease(KEYS);
    try (RedisConnection connection = connection()) {
      connection.serverCommands().resetConfigStats();
    }
    return parts.scripts(limit.properties()).claim(lease, limit.jobs());
  }

  /** Scripts that Redis has run. */
  private static int calls() {
    try (RedisConnection connection = connection()) {
      Properties stats = Objects.requireNonNull(connection.serverCommands().info("commandstats"));
      return Stream.of("cmdstat_evalsha", "cmdstat_eval")
          .map(stats::getProperty)
          .filter(Objects::nonNull)
          .mapToInt(stat -> Integer.parseInt(stat.replaceAll("calls=(\\d+),.*", "$1")))
          .sum();
    }
  }

  private static RedisConnection connection() {
    return parts.context.getBean(RedisConnectionFactory.class).getConnection();
  }

  private static Object waiting() {
    return parts.redis.opsForHash().get(KEYS.state(), PartitionKeys.JOBS);
  }

  private static List<String> jobs(String name, int count, String text) {
    return IntStream.range(0, count).mapToObj(i -> "%s %d %s".formatted(name, i, text)).toList();
  }
}
