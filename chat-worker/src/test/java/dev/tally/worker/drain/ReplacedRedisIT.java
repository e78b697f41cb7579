package dev.tally.worker.drain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tally.common.identity.AppToken;
import dev.tally.common.identity.ChatName;
import dev.tally.common.partition.PartitionKeys;
import dev.tally.common.partition.Partitions;
import dev.tally.common.queue.ChatContent;
import dev.tally.common.queue.JobCodec;
import dev.tally.common.queue.MessageContent;
import dev.tally.worker.WorkerFixture;
import dev.tally.worker.drain.batch.Delivery;
import dev.tally.worker.drain.batch.Persister;
import dev.tally.worker.drain.queue.Claim;
import dev.tally.worker.drain.queue.QueueScripts;
import dev.tally.worker.lease.Lease;
import dev.tally.worker.lease.LeaseTaker;
import dev.tally.worker.outbox.SearchOutbox;
import io.micrometer.core.instrument.MeterRegistry;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.PlatformTransactionManager;

/** A worker is connected to a primary that does not know yet that a replica was promoted. */
@Timeout(120)
class ReplacedRedisIT {

  private static final AppToken APP = new AppToken("c".repeat(32));
  private static final PartitionKeys KEYS = new Partitions(16).of(APP);
  private static final JobCodec CODEC = new JobCodec();
  private static final Instant NOW = Instant.parse("2026-02-03T04:05:06.789012Z");
  private static final String CHAT = CODEC.openChat(APP, ChatContent.NONE, NOW, null) + "1}";
  private static final String MESSAGE =
      CODEC.openMessage(new ChatName(APP, 1), MessageContent.of("hi"), NOW, null) + "1}";

  private WorkerParts parts;
  private Lease lease;

  @BeforeEach
  void twoJobsWait() {
    parts = new WorkerParts();
    parts.mysql.update(
        "INSERT INTO apps (token, name, created_at, updated_at)"
            + " VALUES (?, 'Acme', UTC_TIMESTAMP(6), UTC_TIMESTAMP(6))",
        APP.value());
    LeaseTaker worker = new LeaseTaker("w0", parts.redis);
    assertThat(worker.acquire(KEYS)).isTrue();
    lease = worker.lease(KEYS);
    parts.queue(KEYS, APP, List.of(CHAT, MESSAGE));
    // Otherwise the first claim would, and wait for the partition's row.
    parts.epochs.check(KEYS, 0);
  }

  @AfterEach
  void stop() {
    parts.close();
  }

  @Test
  void aBatchThatWasClaimedBeforeAnotherRunWasCheckedIsNotPersisted() {
    QueueScripts queue = parts.context.getBean(QueueScripts.class);
    Claim claim = queue.claim(lease, 10);
    parts.mysql.update("UPDATE partition_positions SET term = term + 1");

    assertThatThrownBy(() -> persist(claim)).isInstanceOf(Persister.DisagreementException.class);
    assertThat(chats()).isZero();

    parts.redis.opsForHash().increment(KEYS.state(), PartitionKeys.TERM, 1);
    Claim again = queue.claim(lease, 10);
    assertThat(again.redelivered()).isTrue();
    persist(again);
    assertThat(chats()).isEqualTo(1);
  }

  /** A gateway has checked the run while MySQL was away, or is of a version without terms. */
  @Test
  void aRunWithoutATermOfItsOwnTakesOneBeforeItHandsOutJobs() {
    parts.redis.opsForHash().delete(KEYS.state(), PartitionKeys.TERM_RUN);
    parts.mysql.update("UPDATE partition_positions SET term = 7");

    Claim claim = parts.context.getBean(QueueScripts.class).claim(lease, 10);

    assertThat(claim.place().term()).isEqualTo(8);
    assertThat(claim.redelivered()).isFalse();
    persist(claim);
    assertThat(term()).isEqualTo(8);
  }

  /** MySQL was set back, or did not record the term that Redis had recorded. */
  @Test
  void theRowTakesTheTermOfABatch() {
    Claim claim = parts.context.getBean(QueueScripts.class).claim(lease, 10);
    parts.mysql.update("UPDATE partition_positions SET term = 0");

    persist(claim);

    assertThat(term()).isEqualTo(claim.place().term()).isEqualTo(1);
  }

  @Test
  void aBatchOfARedisThatWasReplacedWaitsUntilTheConnectionLeadsToThePresentOne() throws Exception {
    Thread drain;
    try (Connection connection = parts.servers.mysql();
        Statement position = connection.createStatement()) {
      connection.setAutoCommit(false);
      position.executeQuery("SELECT epoch FROM partition_positions FOR UPDATE");
      drain = Thread.ofVirtual().start(() -> parts.context.getBean(Drain.class).run(lease));
      WorkerFixture.await(this::aTransactionWaits);
      position.executeUpdate("UPDATE partition_positions SET term = term + 1");
      connection.commit();
    }
    WorkerFixture.await(() -> comparisons() > 1);
    assertThat(chats()).isZero();
    assertThat(parts.list(KEYS.claimed())).containsExactly(CHAT, MESSAGE);
    assertThat(parts.list(KEYS.dead())).isEmpty();
    assertThat(parts.redis.opsForHash().get(KEYS.state(), PartitionKeys.EPOCH)).isNull();

    parts.redis.opsForHash().increment(KEYS.state(), PartitionKeys.TERM, 1);

    WorkerFixture.await(
        () -> "2".equals(parts.redis.opsForHash().get(KEYS.state(), PartitionKeys.ACKNOWLEDGED)));
    LeaseTaker.end(lease);
    drain.join();
    assertThat(chats()).isEqualTo(1);
    assertThat(parts.list(KEYS.dead())).isEmpty();
  }

  private void persist(Claim claim) {
    List<Delivery> batch = Delivery.decode(claim.jobs(), CODEC, _ -> {});
    new Persister(
            parts.context.getBean(PlatformTransactionManager.class),
            parts.context.getBean(JdbcClient.class),
            parts.mysql,
            new JobCodec(),
            parts.context.getBean(SearchOutbox.class),
            Duration.ofSeconds(10))
        .persist(batch, claim.place(), batch.size(), lease);
  }

  private boolean aTransactionWaits() {
    Long waiting =
        parts.mysql.queryForObject(
            "SELECT COUNT(*) FROM information_schema.innodb_trx WHERE trx_state = 'LOCK WAIT'",
            Long.class);
    return waiting != null && waiting > 0;
  }

  private double comparisons() {
    return parts
        .context
        .getBean(MeterRegistry.class)
        .get("tally.drain.retries")
        .tag("step", "comparing")
        .counter()
        .count();
  }

  private @Nullable Long chats() {
    return parts.mysql.queryForObject("SELECT COUNT(*) FROM chats", Long.class);
  }

  private @Nullable Long term() {
    return parts.mysql.queryForObject("SELECT term FROM partition_positions", Long.class);
  }
}
