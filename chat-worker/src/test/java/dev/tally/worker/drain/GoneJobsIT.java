package dev.tally.worker.drain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tally.common.epoch.PartitionRow;
import dev.tally.common.epoch.PartitionRows;
import dev.tally.common.identity.AppToken;
import dev.tally.common.partition.PartitionKeys;
import dev.tally.worker.drain.queue.Claim;
import dev.tally.worker.drain.queue.QueueScripts;
import dev.tally.worker.lease.Lease;
import dev.tally.worker.lease.LeaseTaker;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Somebody deletes jobs from Redis, or adds some. */
class GoneJobsIT {

  private static final PartitionKeys KEYS = new PartitionKeys(7);
  private static final AppToken ONE = new AppToken("1".repeat(32));
  private static final AppToken OTHER = new AppToken("2".repeat(32));
  private static final BatchLimit LIMIT = BatchLimit.of(4_000, 4_000_000);

  private static WorkerParts parts;
  private static QueueScripts scripts;
  private static PartitionRows rows;

  private Lease lease;

  @BeforeAll
  static void start() {
    parts = new WorkerParts();
    scripts = parts.scripts(LIMIT.properties());
    rows = new PartitionRows(parts.context.getBean(JdbcClient.class));
  }

  @AfterAll
  static void stop() {
    parts.close();
  }

  @BeforeEach
  void wipe() {
    parts.wipeRedis();
    parts.epochs.check(KEYS, 0);
    LeaseTaker worker = new LeaseTaker("w0", parts.redis);
    worker.acquire(KEYS);
    lease = worker.lease(KEYS);
  }

  @Test
  void waitingJobsAreCountedOnce() {
    queue(ONE, 400);
    queue(OTHER, 30);
    parts.redis.delete(KEYS.jobs(ONE));
    Claim batch = claim();
    assertThat(batch.jobs()).hasSize(30);
    persist(batch);
    acknowledge(batch);

    assertThat(claim().gone()).isEqualTo(400);

    assertThat(claim().gone()).isZero();
    assertSettled(430);
  }

  @Test
  void aClaimedBatchThatIsPersistedIsNotGone() {
    queue(ONE, 400);
    persist(claim());
    parts.redis.delete(KEYS.claimed());

    assertThat(claim().gone()).isZero();

    assertSettled(400);
  }

  @Test
  void aClaimedBatchThatIsNotPersistedIsGone() {
    queue(ONE, 400);
    claim();
    parts.redis.delete(KEYS.claimed());

    assertThat(claim().gone()).isEqualTo(400);

    assertSettled(400);
  }

  @Test
  void jobsThatSomebodyAddsAreAccepted() {
    parts.redis.opsForList().rightPush(KEYS.retried(), "by hand");
    Claim batch = claim();
    persist(batch);
    acknowledge(batch);

    assertThat(claim().gone()).isZero();

    assertSettled(1);
  }

  /** Else the row would be as high as before, and nobody would see what MySQL has lost. */
  @Test
  void nothingIsSettledIfMySqlWasSetBack() {
    queue(ONE, 400);
    Claim batch = claim();
    persist(batch);
    acknowledge(batch);
    queue(OTHER, 30);
    parts.redis.delete(KEYS.jobs(OTHER));
    parts.mysql.update("UPDATE partition_positions SET persisted = 100");

    assertThat(claim().gone()).isZero();

    assertThat(epoch()).isEqualTo(1);
    assertThat(rows.read(KEYS.partition()).fillDue()).isEqualTo(1);
  }

  private static void queue(AppToken app, int count) {
    parts.queue(KEYS, app, IntStream.range(0, count).mapToObj("job %d"::formatted).toList());
  }

  private Claim claim() {
    return scripts.claim(lease, LIMIT.jobs());
  }

  /** What the transaction of a batch says of it. */
  private static void persist(Claim batch) {
    PartitionRow row = rows.read(KEYS.partition());
    long done = batch.place().acknowledged() + batch.jobs().size();
    rows.advance(
        KEYS.partition(),
        new PartitionRow(row.term(), row.epoch(), done, batch.place().position()));
  }

  private void acknowledge(Claim batch) {
    scripts.acknowledge(lease, batch, List.of());
  }

  private static void assertSettled(long position) {
    assertThat(parts.redis.opsForHash().entries(KEYS.state()))
        .containsEntry(PartitionKeys.POSITION, Long.toString(position))
        .containsEntry(PartitionKeys.ACKNOWLEDGED, Long.toString(position))
        .doesNotContainKeys(PartitionKeys.JOBS, PartitionKeys.BYTES);
    assertThat(rows.read(KEYS.partition()).persisted()).isEqualTo(position);
    parts.epochs.compare(KEYS);
    assertThat(epoch()).isZero();
  }

  private static long epoch() {
    return parts.epochs.epoch(KEYS).epoch();
  }
}
