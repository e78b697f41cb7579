package dev.tally.worker.drain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.tally.common.deadletter.DeadLetter;
import dev.tally.common.identity.AppToken;
import dev.tally.common.identity.ChatName;
import dev.tally.common.partition.PartitionKeys;
import dev.tally.common.partition.Partitions;
import dev.tally.common.queue.ChatContent;
import dev.tally.common.queue.JobCodec;
import dev.tally.common.queue.MessageContent;
import dev.tally.worker.WorkerFixture;
import dev.tally.worker.drain.batch.Delivery;
import dev.tally.worker.drain.batch.Place;
import dev.tally.worker.drain.queue.Claim;
import dev.tally.worker.drain.queue.QueueScripts;
import dev.tally.worker.lease.Lease;
import dev.tally.worker.lease.LeaseLostException;
import dev.tally.worker.lease.LeaseTaker;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A worker has claimed a batch, and its lease ends before the commit. */
@Timeout(120)
class LostLeaseIT {

  private static final AppToken APP = new AppToken("b".repeat(32));
  private static final PartitionKeys KEYS = new Partitions(16).of(APP);
  private static final JobCodec CODEC = new JobCodec();
  private static final Instant NOW = Instant.parse("2026-02-03T04:05:06.789012Z");
  private static final String CHAT = CODEC.openChat(APP, ChatContent.NONE, NOW, null) + "1}";
  private static final String MESSAGE =
      CODEC.openMessage(new ChatName(APP, 1), MessageContent.of("hi"), NOW, null) + "1}";

  private static WorkerParts parts;
  private Lease lease;

  @BeforeAll
  static void start() {
    parts = new WorkerParts();
    parts.mysql.update(
        "INSERT INTO apps (token, name, created_at, updated_at)"
            + " VALUES (?, 'Acme', UTC_TIMESTAMP(6), UTC_TIMESTAMP(6))",
        APP.value());
  }

  @AfterAll
  static void stop() {
    parts.close();
  }

  @BeforeEach
  void twoJobsWait() {
    parts.wipeRedis();
    parts.mysql.update(
        "INSERT INTO partition_positions (partition_number) VALUES (?)", KEYS.partition());
    LeaseTaker worker = new LeaseTaker("w0", parts.redis);
    assertThat(worker.acquire(KEYS)).isTrue();
    lease = worker.lease(KEYS);
    parts.queue(KEYS, APP, List.of(CHAT, MESSAGE));
    // Otherwise the first claim would, and wait for the partition's row.
    parts.epochs.check(KEYS, 0);
  }

  @Test
  void jobsThatRedisLosesWithTheLeaseBecomeDeadLetters() throws Exception {
    assertThat(drainWhile(_ -> parts.flushRedis())).isInstanceOf(LeaseLostException.class);

    assertThat(epoch()).isEqualTo("1");
    assertThat(superseded()).containsExactly(CHAT, MESSAGE);
    assertThat(rows()).isZero();
  }

  @Test
  void jobsThatAnotherWorkerGetsStayJobs() throws Exception {
    assertThat(drainWhile(_ -> anotherWorkerTakesOver())).isInstanceOf(LeaseLostException.class);

    assertThat(superseded()).isEmpty();
    assertThat(parts.list(KEYS.claimed())).containsExactly(CHAT, MESSAGE);
    assertThat(epoch()).isNull();
  }

  /** For instance, it has rejected the jobs, and an operator has dropped their dead letters. */
  @Test
  void jobsThatAnotherWorkerHasSettledDoNotComeBack() throws Exception {
    assertThat(
            drainWhile(
                position -> {
                  anotherWorkerTakesOver();
                  position.executeUpdate("UPDATE partition_positions SET persisted = 2, seen = 2");
                  parts.redis.delete(KEYS.claimed());
                  parts.redis.opsForHash().put(KEYS.state(), PartitionKeys.ACKNOWLEDGED, "2");
                }))
        .isInstanceOf(LeaseLostException.class);

    assertThat(superseded()).isEmpty();
    assertThat(epoch()).isNull();
  }

  @Test
  void jobsThatNobodyCouldLookForAreLookedForUnderTheNextLease() throws Exception {
    SetBacks setBacks = parts.context.getBean(SetBacks.class);
    Claim claim = parts.context.getBean(QueueScripts.class).claim(lease, 10);
    Place place = claim.place();
    List<Delivery> batch = Delivery.decode(claim.jobs(), CODEC, _ -> {});
    parts.flushRedis();
    try (Connection connection = parts.servers.mysql()) {
      Statement _ = lockPosition(connection);
      setBacks.leave(KEYS, place, batch);
    }
    assertThat(superseded()).isEmpty();
    LeaseTaker.end(lease);

    parts.context.getBean(Drain.class).run(lease);

    assertThat(superseded()).containsExactly(CHAT, MESSAGE);
    parts.context.getBean(Drain.class).run(lease);
    assertThat(superseded()).hasSize(2);
  }

  /** What happens to a batch that waits for the partition's row. */
  @FunctionalInterface
  private interface Event {
    void happen(Statement position) throws SQLException;
  }

  /** Drains until a transaction waits for the partition's row, and lets it go on after an event. */
  private @Nullable Throwable drainWhile(Event event) throws Exception {
    AtomicReference<@Nullable Throwable> end = new AtomicReference<>();
    try (Connection connection = parts.servers.mysql()) {
      Statement position = lockPosition(connection);
      Thread drain =
          Thread.ofVirtual()
              .start(
                  () ->
                      end.set(catchThrowable(() -> parts.context.getBean(Drain.class).run(lease))));
      WorkerFixture.await(LostLeaseIT::aTransactionWaits);
      event.happen(position);
      connection.commit();
      drain.join();
    }
    return end.get();
  }

  private static Statement lockPosition(Connection connection) throws SQLException {
    connection.setAutoCommit(false);
    Statement statement = connection.createStatement();
    statement.executeQuery("SELECT epoch FROM partition_positions FOR UPDATE");
    return statement;
  }

  private static boolean aTransactionWaits() {
    Long waiting =
        parts.mysql.queryForObject(
            "SELECT COUNT(*) FROM information_schema.innodb_trx WHERE trx_state = 'LOCK WAIT'",
            Long.class);
    return waiting != null && waiting > 0;
  }

  private static void anotherWorkerTakesOver() {
    parts.redis.delete(KEYS.owner());
    assertThat(new LeaseTaker("w1", parts.redis).acquire(KEYS)).isTrue();
  }

  private static @Nullable Object epoch() {
    return parts.redis.opsForHash().get(KEYS.state(), PartitionKeys.EPOCH);
  }

  private static List<String> superseded() {
    return parts.deadLetters.list(10).stream()
        .filter(entry -> entry.letter().reason() == DeadLetter.Reason.SUPERSEDED)
        .map(entry -> WorkerParts.texts(List.of(entry.letter().job())).getFirst())
        .toList();
  }

  private static @Nullable Long rows() {
    return parts.mysql.queryForObject("SELECT COUNT(*) FROM chats", Long.class);
  }
}
