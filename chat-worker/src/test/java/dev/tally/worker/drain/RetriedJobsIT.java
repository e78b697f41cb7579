package dev.tally.worker.drain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tally.common.deadletter.DeadLetter;
import dev.tally.common.identity.AppToken;
import dev.tally.common.partition.PartitionKeys;
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
      QueueScripts scripts = new QueueScripts(parts.bytes, LIMIT.properties());
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
}
