package dev.tally.worker.drain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tally.common.queue.WaitingJobs;
import dev.tally.common.redis.BytesRedisTemplate;
import dev.tally.worker.drain.batch.Persister;
import dev.tally.worker.drain.gap.GapMonitor;
import dev.tally.worker.drain.queue.NewerJobs;
import dev.tally.worker.drain.queue.QueueScripts;
import dev.tally.worker.lease.Lease;
import dev.tally.worker.lease.LeaseLostException;
import dev.tally.worker.lease.LeaseTaker;
import dev.tally.worker.outbox.SearchOutbox;
import dev.tally.worker.restore.LostNumbers;
import dev.tally.worker.tracing.WriteSpans;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.List;
import net.jqwik.api.statistics.Statistics;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.QueryTimeoutException;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.core.script.RedisScript;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.TransactionStatus;
import org.springframework.transaction.TransactionSystemException;

/** A worker of real parts, with faults injected where it uses Redis and MySQL. */
final class FaultyWorker {

  /** The process is killed. */
  private static final class KilledException extends RuntimeException {
    private static final long serialVersionUID = 1;
  }

  private final WorkerParts parts;

  private final LeaseTaker taker;
  private final Drain drain;
  private Lease lease;
  private int batchesLeft;
  private DrainHistory.Fault fault = DrainHistory.Fault.NONE;

  FaultyWorker(WorkerParts parts, int index) {
    this.parts = parts;
    taker = new LeaseTaker("worker " + index, parts.redis);
    lease = taker.lease(DrainHistory.KEYS);
    DrainProperties properties = DrainHistory.LIMITS.get(index).properties();
    FaultyRedis redis = new FaultyRedis(parts.context.getBean(RedisConnectionFactory.class));
    redis.afterPropertiesSet();
    JdbcClient jdbc = parts.context.getBean(JdbcClient.class);
    QueueScripts queue =
        DrainConfiguration.queueScripts(redis, parts.scan, parts.epochs, jdbc, properties);
    SearchOutbox outbox = parts.context.getBean(SearchOutbox.class);
    Persister persister =
        new Persister(
            new FaultyTransactions(),
            jdbc,
            parts.context.getBean(JdbcTemplate.class),
            DrainHistory.CODEC,
            outbox,
            properties.transactionTimeout());
    WaitingJobs waiting = parts.context.getBean(WaitingJobs.class);
    DrainMetrics metrics = new DrainMetrics(new SimpleMeterRegistry());
    drain =
        new Drain(
            queue,
            new SetBacks(
                parts.epochs,
                parts.context.getBean(LostNumbers.class),
                new SupersededJobs(waiting, persister),
                queue,
                metrics),
            persister,
            new CounterRaise(jdbc, queue, parts.redis),
            parts.context.getBean(GapMonitor.class),
            DrainHistory.CODEC,
            outbox,
            parts.context.getBean(HintPublisher.class),
            new NewerJobs(new SimpleMeterRegistry()),
            metrics,
            parts.context.getBean(WriteSpans.class),
            properties);
  }

  void turn(int batches, DrainHistory.Fault fault) {
    assertThat(taker.acquire(DrainHistory.KEYS)).isTrue();
    lease = taker.lease(DrainHistory.KEYS);
    batchesLeft = batches;
    this.fault = fault;
    try {
      drain.run(lease);
    } catch (KilledException | LeaseLostException e) {
      Statistics.label("ended by").collect(e.getClass().getSimpleName());
    }
    // The lease is released, or it expires.
    parts.redis.delete(DrainHistory.KEYS.owner());
  }

  private boolean meets(DrainHistory.Fault due) {
    boolean met = batchesLeft == 0 && fault == due;
    if (met) {
      fault = DrainHistory.Fault.NONE;
    }
    return met;
  }

  private void loseLease() {
    parts.redis.opsForValue().set(DrainHistory.KEYS.owner(), "another");
  }

  private final class FaultyRedis extends BytesRedisTemplate {

    FaultyRedis(RedisConnectionFactory connections) {
      super(connections);
    }

    @Override
    public <T> T execute(RedisScript<T> script, List<String> keys, Object... arguments) {
      return switch (keys) {
        case List<String> all when all.contains(DrainHistory.KEYS.ring()) ->
            claim(script, keys, arguments);
        case List<String> all when all.contains(DrainHistory.KEYS.dead()) ->
            acknowledge(script, keys, arguments);
        default -> super.execute(script, keys, arguments);
      };
    }

    @SuppressWarnings("unchecked") // the only type of answer of this script
    private <T> T claim(RedisScript<T> script, List<String> keys, Object... arguments) {
      if (batchesLeft == 0) {
        LeaseTaker.end(lease);
        return (T) List.of(WorkerParts.bytes("nothing"), 0L);
      }
      T answer = super.execute(script, keys, arguments);
      List<byte[]> outcome = ((List<byte[]>) answer).subList(0, 1);
      if (WorkerParts.texts(outcome).contains("nothing")) {
        LeaseTaker.end(lease);
        return answer;
      }
      if (WorkerParts.texts(outcome).contains("unchecked")) {
        return answer;
      }
      batchesLeft--;
      if (meets(DrainHistory.Fault.CLAIM_ANSWER_LOST)) {
        batchesLeft++;
        throw new QueryTimeoutException("the claim's answer is lost");
      }
      if (meets(DrainHistory.Fault.KILLED_AFTER_CLAIM)) {
        throw new KilledException();
      }
      if (meets(DrainHistory.Fault.LEASE_LOST_BEFORE_COMMIT)) {
        loseLease();
      }
      return answer;
    }

    private <T> T acknowledge(RedisScript<T> script, List<String> keys, Object... arguments) {
      if (meets(DrainHistory.Fault.KILLED_BEFORE_ACKNOWLEDGEMENT)) {
        throw new KilledException();
      }
      if (meets(DrainHistory.Fault.LEASE_LOST_AFTER_COMMIT)) {
        loseLease();
      }
      T answer = super.execute(script, keys, arguments);
      if (meets(DrainHistory.Fault.ACKNOWLEDGEMENT_ANSWER_LOST)) {
        throw new QueryTimeoutException("the acknowledgement's answer is lost");
      }
      if (meets(DrainHistory.Fault.KILLED_AFTER_ACKNOWLEDGEMENT)) {
        throw new KilledException();
      }
      return answer;
    }
  }

  private final class FaultyTransactions implements PlatformTransactionManager {

    private final PlatformTransactionManager sound =
        parts.context.getBean(PlatformTransactionManager.class);
    private int rollbacks;

    @Override
    public TransactionStatus getTransaction(@Nullable TransactionDefinition definition) {
      return sound.getTransaction(definition);
    }

    @Override
    public void commit(TransactionStatus status) {
      sound.commit(status);
      rollbacks = 0;
      if (meets(DrainHistory.Fault.COMMIT_ANSWER_LOST)) {
        throw new TransactionSystemException("the commit's answer is lost");
      }
      if (meets(DrainHistory.Fault.KILLED_AFTER_COMMIT)) {
        throw new KilledException();
      }
    }

    @Override
    public void rollback(TransactionStatus status) {
      sound.rollback(status);
      // Halving makes fewer than two parts of a job. Each is tried twice if a count has a gap.
      if (++rollbacks > 4 * parts.list(DrainHistory.KEYS.claimed()).size()) {
        throw new AssertionError("the partition is blocked: the same transaction fails for ever");
      }
    }
  }
}
