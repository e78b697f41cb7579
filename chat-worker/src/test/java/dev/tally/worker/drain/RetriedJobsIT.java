package dev.tally.worker.drain;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tally.common.deadletter.DeadLetter;
import dev.tally.common.deadletter.DeadLetters;
import dev.tally.common.identity.AppToken;
import dev.tally.common.partition.PartitionKeys;
import dev.tally.worker.drain.queue.Claim;
import dev.tally.worker.drain.queue.QueueScripts;
import dev.tally.worker.lease.Lease;
import dev.tally.worker.lease.LeaseTaker;
import java.util.List;
import org.junit.jupiter.api.Test;

class RetriedJobsIT {

  private static final PartitionKeys KEYS = new PartitionKeys(7);
  private static final AppToken APP = new AppToken("a".repeat(32));
  private static final BatchLimit LIMIT = BatchLimit.of(3, 1_000);

  @Test
  void retriedJobsComeInTheirOrderAndBeforeAllOthers() {
    try (WorkerParts parts = new WorkerParts()) {
      parts.wipeRedis();
      QueueScripts scripts = parts.scripts(LIMIT.properties());
      LeaseTaker worker = new LeaseTaker("w0", parts.redis);
      worker.acquire(KEYS);
      Lease lease = worker.lease(KEYS);
      parts.queue(KEYS, APP, List.of("chat", "message 1", "message 2", "later"));
      Claim batch = scripts.claim(lease, LIMIT.jobs());
      scripts.acknowledge(
          lease,
          batch,
          batch.jobs().stream()
              .map(job -> DeadLetter.now(DeadLetter.Reason.APP_MISSING, job).encode())
              .toList());

      assertThat(parts.deadLetters.removeAll(parts.deadLetters::retry)).isEqualTo(3);

      assertThat(WorkerParts.texts(scripts.claim(lease, LIMIT.jobs()).jobs()))
          .containsExactly("chat", "message 1", "message 2");
    }
  }

  /** Somebody else wrote there, or a newer worker. */
  @Test
  void deadLettersThatNobodyCanDecodeAreListedRetriedAndDropped() {
    try (WorkerParts parts = new WorkerParts()) {
      parts.wipeRedis();
      String newer =
          DeadLetter.now(DeadLetter.Reason.REFUSED, "job".getBytes(UTF_8))
              .encode()
              .replace("refused", "too-early");
      List<String> texts = List.of("no JSON", "{}", newer, "last");
      parts.redis.opsForList().rightPushAll(KEYS.dead(), texts);

      assertThat(parts.deadLetters.list(100))
          .extracting(entry -> new String(entry.letter().job(), UTF_8))
          .containsExactly("no JSON", "{}", "job", "last");
      DeadLetters.Entry last = parts.deadLetters.list(100).getLast();
      assertThat(parts.deadLetters.find(last.letter().id()).map(parts.deadLetters::drop))
          .contains(true);
      assertThat(parts.deadLetters.removeAll(parts.deadLetters::retry)).isEqualTo(3);

      assertThat(parts.list(KEYS.retried())).containsExactly("no JSON", "{}", "job");
      assertThat(parts.list(KEYS.dead())).isEmpty();
    }
  }
}
