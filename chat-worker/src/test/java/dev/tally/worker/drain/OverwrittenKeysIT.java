package dev.tally.worker.drain;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tally.common.deadletter.DeadLetter;
import dev.tally.common.identity.AppToken;
import dev.tally.common.identity.Numbers;
import dev.tally.common.partition.PartitionKeys;
import dev.tally.common.redis.WrongTypeException;
import dev.tally.worker.drain.queue.Claim;
import dev.tally.worker.drain.queue.QueueScripts;
import dev.tally.worker.lease.Lease;
import dev.tally.worker.lease.LeaseTaker;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Somebody has written to a key of a queue, so that it has another type or no expiry. */
class OverwrittenKeysIT {

  private static final BatchLimit LIMIT = BatchLimit.of(100, 100_000);
  private static final PartitionKeys KEYS = new PartitionKeys(7);
  private static final AppToken APP = new AppToken("1".repeat(32));
  private static final AppToken OTHER = new AppToken("2".repeat(32));
  private static final AppToken NEXT = new AppToken("3".repeat(32));

  private static WorkerParts parts;

  private QueueScripts scripts;
  private LeaseTaker worker;
  private Lease lease;

  @BeforeAll
  static void open() {
    parts = new WorkerParts();
  }

  @AfterAll
  static void close() {
    parts.close();
  }

  @BeforeEach
  void start() {
    parts.wipeRedis();
    scripts = parts.scripts(LIMIT.properties());
    worker = new LeaseTaker("w0", parts.redis);
    worker.acquire(KEYS);
    lease = worker.lease(KEYS);
  }

  @Test
  void aKeyThatNobodyCanClaimFromIsNamedAndNothingIsClaimed() {
    for (String key : List.of(KEYS.state(), KEYS.ring(), KEYS.retried(), KEYS.jobs(APP))) {
      parts.queue(KEYS, APP, List.of("one"));
      parts.redis.delete(key);
      parts.redis.opsForZSet().add(key, "somebody", 1);

      assertThatThrownBy(() -> scripts.claim(lease, LIMIT.jobs()))
          .isInstanceOf(WrongTypeException.class)
          .hasMessageContaining(key + " is a zset and must be a");

      assertThat(parts.list(KEYS.claimed())).isEmpty();
      parts.redis.delete(List.of(key, KEYS.jobs(APP), KEYS.ring(), KEYS.state()));
    }
  }

  @Test
  void appsThatAreNotInTheRingGetTurnsAgain() {
    parts.queue(KEYS, APP, List.of("one"));
    parts.queue(KEYS, OTHER, List.of("two"));
    parts.redis.opsForHash().put(KEYS.records(OTHER).getFirst(), "x:jobs", "a 1 1 1");
    parts.redis.delete(KEYS.ring());
    parts.queue(KEYS, NEXT, List.of("three"));

    List<String> claimed = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      Claim claim = scripts.claim(lease, LIMIT.jobs());
      if (!claim.jobs().isEmpty()) {
        claimed.addAll(WorkerParts.texts(claim.jobs()));
        scripts.acknowledge(lease, claim, List.of());
      }
    }

    assertThat(claimed).containsExactlyInAnyOrder("one", "two", "three").startsWith("three");
    assertThat(parts.redis.opsForHash().entries(KEYS.state()))
        .containsEntry(PartitionKeys.JOBS, "0")
        .containsEntry(PartitionKeys.BYTES, "0")
        .containsEntry("acknowledged", "3");
  }

  @Test
  void aBatchIsAcknowledgedOnlyIfItsDeadLettersAreStored() {
    parts.queue(KEYS, APP, List.of("one"));
    Claim batch = scripts.claim(lease, LIMIT.jobs());
    List<String> letters =
        List.of(DeadLetter.now(DeadLetter.Reason.REFUSED, "one".getBytes(UTF_8)).encode());
    parts.redis.opsForValue().set(KEYS.dead(), "somebody");

    assertThatThrownBy(() -> scripts.acknowledge(lease, batch, letters))
        .isInstanceOf(WrongTypeException.class)
        .hasMessageContaining(KEYS.dead() + " is a string and must be a list");

    assertThat(parts.list(KEYS.claimed())).containsExactly("one");
    parts.redis.delete(KEYS.dead());
    scripts.acknowledge(lease, batch, letters);
    assertThat(parts.list(KEYS.claimed())).isEmpty();
    assertThat(parts.list(KEYS.dead())).hasSize(1);
  }

  @Test
  void aDeadLetterStaysUntilItsJobIsQueued() {
    parts
        .redis
        .opsForList()
        .rightPush(
            KEYS.dead(), DeadLetter.now(DeadLetter.Reason.REFUSED, "one".getBytes(UTF_8)).encode());
    for (String key : List.of(KEYS.retried(), KEYS.state())) {
      parts.redis.opsForValue().set(key, "somebody");

      assertThatThrownBy(() -> parts.deadLetters.removeAll(parts.deadLetters::retry))
          .hasStackTraceContaining("WRONGTYPE");

      assertThat(parts.list(KEYS.dead())).hasSize(1);
      parts.redis.delete(key);
      assertThat(parts.list(KEYS.retried())).isEmpty();
    }
    parts.redis.opsForHash().put(KEYS.state(), PartitionKeys.JOBS, "many");
    assertThat(parts.deadLetters.removeAll(parts.deadLetters::retry)).isEqualTo(1);
    assertThat(parts.list(KEYS.retried())).containsExactly("one");
    assertThat(parts.redis.opsForHash().get(KEYS.state(), PartitionKeys.JOBS)).isEqualTo("1");
  }

  @Test
  void aDeadLetterThatIsNoTextIsRetriedAsItIs() {
    byte[] noText = {(byte) 0xff, 0, (byte) 0xfe};
    parts.bytes.opsForList().rightPush(KEYS.dead(), noText);

    assertThat(parts.deadLetters.removeAll(parts.deadLetters::retry)).isEqualTo(1);

    assertThat(scripts.claim(lease, LIMIT.jobs()).jobs()).containsExactly(noText);
  }

  /** Somebody wrote a row with such a number. With such a counter, nobody could count. */
  @Test
  void noCounterIsRaisedToMoreThanFifteenDigits() {
    String counter = KEYS.chats(APP);
    parts.count(counter, 1);

    assertThat(scripts.raise(counter, Numbers.HIGHEST + 1)).isFalse();
    assertThat(parts.counted(counter)).isEqualTo("1");

    assertThat(scripts.raise(counter, Numbers.HIGHEST)).isTrue();
    assertThat(parts.counted(counter)).isEqualTo(Long.toString(Numbers.HIGHEST));
  }

  @Test
  void anOwnerWithoutAnExpiryHoldsNoLease() {
    LeaseTaker other = new LeaseTaker("w1", parts.redis);
    assertThat(other.acquire(KEYS)).isFalse();
    parts.redis.delete(KEYS.owner());
    parts.redis.opsForList().rightPush(KEYS.owner(), "somebody");

    assertThat(other.acquire(KEYS)).isTrue();

    assertThat(parts.redis.getExpire(KEYS.owner())).isPositive();
    assertThat(worker.acquire(KEYS)).isFalse();
  }

  @Test
  void aRollOfAnotherTypeIsMadeAnew() {
    parts.redis.opsForValue().set(PartitionKeys.WORKERS, "somebody");

    assertThat(worker.attend()).containsExactly("w0");
    assertThat(new LeaseTaker("w1", parts.redis).attend()).containsExactly("w0", "w1");
  }
}
