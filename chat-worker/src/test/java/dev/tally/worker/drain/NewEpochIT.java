package dev.tally.worker.drain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tally.common.identity.AppToken;
import dev.tally.common.partition.PartitionKeys;
import dev.tally.common.queue.JobCodec;
import dev.tally.worker.drain.batch.Persister;
import dev.tally.worker.drain.batch.Place;
import dev.tally.worker.drain.queue.Claim;
import dev.tally.worker.drain.queue.QueueScripts;
import dev.tally.worker.lease.Lease;
import dev.tally.worker.lease.LeaseTaker;
import dev.tally.worker.outbox.SearchOutbox;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.PlatformTransactionManager;

/** A server went back in time while a worker had claimed a batch. */
class NewEpochIT {

  private static final PartitionKeys KEYS = new PartitionKeys(7);
  private static final AppToken APP = new AppToken("a".repeat(32));
  private static final BatchLimit LIMIT = BatchLimit.of(3, 1_000);

  private WorkerParts parts;
  private QueueScripts scripts;
  private Persister persister;
  private Lease lease;

  @BeforeEach
  void start() {
    parts = new WorkerParts();
    parts.wipeRedis();
    scripts = parts.scripts(LIMIT.properties());
    persister =
        new Persister(
            parts.context.getBean(PlatformTransactionManager.class),
            parts.context.getBean(JdbcClient.class),
            parts.mysql,
            new JobCodec(),
            parts.context.getBean(SearchOutbox.class),
            LIMIT.properties().transactionTimeout());
    LeaseTaker worker = new LeaseTaker("w0", parts.redis);
    worker.acquire(KEYS);
    lease = worker.lease(KEYS);
    parts.queue(KEYS, APP, List.of("one", "two"));
  }

  @AfterEach
  void stop() {
    parts.close();
  }

  /**
   * The new epoch counts the claimed batch as not done: "acknowledged" would get ahead of MySQL.
   */
  @Test
  void aBatchOfAnOlderEpochIsHandedOutAgainWhenItIsAcknowledged() {
    Claim batch = scripts.claim(lease, LIMIT.jobs());
    parts.redis.opsForHash().put(KEYS.state(), PartitionKeys.EPOCH, "1");

    scripts.acknowledge(lease, batch, List.of());

    assertThat(parts.list(KEYS.claimed())).containsExactly("one", "two");
    Claim again = scripts.claim(lease, LIMIT.jobs());
    assertThat(again.redelivered()).isTrue();
    scripts.acknowledge(lease, again, List.of());
    assertThat(parts.list(KEYS.claimed())).isEmpty();
    assertThat(parts.redis.opsForHash().get(KEYS.state(), "acknowledged")).isEqualTo("2");
  }

  /** Such a Redis may have lost the batch, and may have given out its numbers again. */
  @Test
  void aBatchOfAnEarlierRunIsNotPersisted() {
    Place place = scripts.claim(lease, LIMIT.jobs()).place();
    assertThat(place.run()).isEqualTo(parts.run());
    Place earlier =
        new Place(
            "0".repeat(40), place.term(), place.epoch(), place.acknowledged(), place.position());

    assertThatThrownBy(() -> persister.persist(List.of(), earlier, 2, lease))
        .isInstanceOf(Persister.DisagreementException.class);
    assertThat(persisted()).isZero();

    persister.persist(List.of(), place, 2, lease);
    assertThat(persisted()).isEqualTo(2);
  }

  /** A gateway whose memory was enough has checked the run, while it could not reach MySQL. */
  @Test
  void aBatchOfARedisThatIsBehindWhatMySqlHasSeenIsNotPersisted() {
    Place place = scripts.claim(lease, LIMIT.jobs()).place();
    parts.mysql.update("UPDATE partition_positions SET seen = ?", place.position() + 1);

    assertThatThrownBy(() -> persister.persist(List.of(), place, 2, lease))
        .isInstanceOf(Persister.DisagreementException.class);
    assertThat(persisted()).isZero();
  }

  private @Nullable Long persisted() {
    return parts.mysql.queryForObject(
        "SELECT persisted FROM partition_positions WHERE partition_number = ?",
        Long.class,
        KEYS.partition());
  }
}
