package dev.tally.worker.drain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tally.common.deadletter.DeadLetter;
import dev.tally.common.deadletter.DeadLetters;
import dev.tally.common.identity.AppToken;
import dev.tally.common.partition.PartitionKeys;
import dev.tally.common.redis.MemoryFull;
import dev.tally.worker.drain.queue.Claim;
import dev.tally.worker.drain.queue.QueueScripts;
import dev.tally.worker.lease.Lease;
import dev.tally.worker.lease.LeaseTaker;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.dao.DataAccessException;

/** What takes jobs out of Redis works in a Redis whose memory is full. */
class FullRedisIT {

  private static final PartitionKeys KEYS = new PartitionKeys(7);
  private static final AppToken APP = new AppToken("a".repeat(32));
  private static final String COUNTER = KEYS.chats(APP);
  private static final BatchLimit LIMIT = BatchLimit.of(2, 1_000);

  private static WorkerParts parts;
  private static QueueScripts scripts;
  private static LeaseTaker worker;

  @BeforeAll
  static void start() {
    parts = new WorkerParts();
    scripts = parts.scripts(LIMIT.properties());
    worker = new LeaseTaker("w0", parts.redis);
  }

  @AfterAll
  static void stop() {
    parts.close();
  }

  @BeforeEach
  void fill() {
    parts.wipeRedis();
    parts.queue(KEYS, APP, List.of("one", "two", "three"));
    parts.count(COUNTER, 1);
    parts.servers.redisMaxMemory(1);
    assertThatThrownBy(() -> parts.redis.opsForValue().set("more", "memory"))
        .isInstanceOfSatisfying(
            DataAccessException.class, e -> assertThat(MemoryFull.isCauseOf(e)).isTrue());
  }

  @AfterEach
  void free() {
    parts.servers.redisMaxMemory(0);
  }

  @Test
  void aWorkerJoinsAndAcquiresRenewsAndReleasesALease() {
    assertThat(worker.attend()).containsExactly("w0");
    assertThat(worker.acquire(KEYS)).isTrue();
    assertThat(new LeaseTaker("w1", parts.redis).acquire(KEYS)).isFalse();
    assertThat(worker.renew(KEYS)).isTrue();
    assertThat(parts.redis.getExpire(KEYS.owner())).isPositive();
    worker.release(KEYS);
    worker.leave();
    assertThat(parts.redis.hasKey(KEYS.owner())).isFalse();
  }

  @Test
  void batchesAreClaimedAndAcknowledgedWithTheirDeadLetters() {
    worker.acquire(KEYS);
    Lease lease = worker.lease(KEYS);

    Claim first = scripts.claim(lease, LIMIT.jobs());
    assertThat(WorkerParts.texts(first.jobs())).containsExactly("one", "two");
    DeadLetter letter = DeadLetter.now(DeadLetter.Reason.UNDECODABLE, first.jobs().getFirst());
    scripts.acknowledge(lease, first, List.of(letter.encode()));
    Claim second = scripts.claim(lease, LIMIT.jobs());
    assertThat(WorkerParts.texts(second.jobs())).containsExactly("three");
    scripts.acknowledge(lease, second, List.of());

    assertThat(parts.list(KEYS.jobs(APP))).isEmpty();
    assertThat(parts.list(KEYS.ring())).isEmpty();
    assertThat(parts.list(KEYS.claimed())).isEmpty();
    assertThat(parts.list(KEYS.dead())).hasSize(1);
  }

  @Test
  void aCounterIsRaised() {
    assertThat(scripts.raise(COUNTER, 5)).isTrue();
    assertThat(parts.counted(COUNTER)).isEqualTo("5");
  }

  @Test
  void anOperatorRetriesADeadLetter() {
    worker.acquire(KEYS);
    Lease lease = worker.lease(KEYS);
    Claim batch = scripts.claim(lease, LIMIT.jobs());
    DeadLetter dead = DeadLetter.now(DeadLetter.Reason.UNDECODABLE, batch.jobs().getFirst());
    scripts.acknowledge(lease, batch, List.of(dead.encode()));
    DeadLetters.Entry entry = parts.deadLetters.find(dead.id()).orElseThrow();

    assertThat(parts.deadLetters.retry(entry)).isTrue();
    assertThat(WorkerParts.texts(scripts.claim(lease, LIMIT.jobs()).jobs()))
        .containsExactly("one", "three");
  }
}
