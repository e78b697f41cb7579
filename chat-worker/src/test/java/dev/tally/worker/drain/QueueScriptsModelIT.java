package dev.tally.worker.drain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tally.common.deadletter.DeadLetter;
import dev.tally.common.deadletter.DeadLetters;
import dev.tally.common.partition.PartitionKeys;
import dev.tally.worker.drain.queue.Claim;
import dev.tally.worker.drain.queue.QueueScripts;
import dev.tally.worker.lease.Lease;
import dev.tally.worker.lease.LeaseLostException;
import dev.tally.worker.lease.LeaseTaker;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import net.jqwik.api.statistics.Statistics;
import net.jqwik.api.statistics.StatisticsReport;

/**
 * Random histories of one partition. Three workers hold its lease, lose it, or believe to hold it,
 * and their requests may arrive twice or late. After each step Redis holds the same as a model in
 * memory, and has given the same answer.
 */
class QueueScriptsModelIT {

  private static WorkerParts parts;
  private static List<LeaseTaker> workers;
  private static List<QueueScripts> scripts;

  @BeforeContainer
  static void start() {
    parts = new WorkerParts();
    workers = QueueHistory.WORKERS.stream().map(id -> new LeaseTaker(id, parts.redis)).toList();
    scripts = QueueHistory.LIMITS.stream().map(limit -> parts.scripts(limit.properties())).toList();
  }

  @AfterContainer
  static void stop() {
    parts.close();
  }

  @Property
  @StatisticsReport(StatisticsReport.StatisticsReportMode.OFF)
  void redisHoldsWhatTheModelHolds(@ForAll("steps") List<QueueHistory.Step> steps) {
    parts.wipeRedis();
    QueueModel model = new QueueModel();
    Map<Integer, Claim> claims = new HashMap<>();
    Map<Integer, QueueModel.Acknowledgement> acknowledgements = new HashMap<>();
    for (QueueHistory.Step step : steps) {
      switch (step) {
        case QueueHistory.Step.Queue(int app, List<String> jobs) -> {
          parts.queue(QueueHistory.KEYS, QueueHistory.APPS.get(app), jobs);
          model.queue(QueueHistory.APPS.get(app), jobs);
        }
        case QueueHistory.Step.Attend(int worker) ->
            assertThat(workers.get(worker).attend()).isEqualTo(model.attend(worker));
        case QueueHistory.Step.Leave(int worker) -> {
          workers.get(worker).leave();
          model.leave(worker);
        }
        case QueueHistory.Step.Silence(int worker) -> {
          if (model.roll.contains(QueueHistory.WORKERS.get(worker))) {
            parts
                .redis
                .opsForZSet()
                .add(PartitionKeys.WORKERS, QueueHistory.WORKERS.get(worker), 1);
            model.silent.add(QueueHistory.WORKERS.get(worker));
          }
        }
        case QueueHistory.Step.Acquire(int worker) ->
            assertThat(workers.get(worker).acquire(QueueHistory.KEYS))
                .isEqualTo(model.acquire(worker));
        case QueueHistory.Step.Renew(int worker) ->
            assertThat(workers.get(worker).renew(QueueHistory.KEYS)).isEqualTo(model.owns(worker));
        case QueueHistory.Step.Release(int worker) -> {
          workers.get(worker).release(QueueHistory.KEYS);
          model.release(worker);
        }
        case QueueHistory.Step.Expire() -> {
          parts.redis.delete(QueueHistory.KEYS.owner());
          model.owner = null;
        }
        case QueueHistory.Step.TakeBatch(int worker, int limit) -> {
          Lease lease = workers.get(worker).lease(QueueHistory.KEYS);
          int most = QueueHistory.LIMITS.get(limit).jobs();
          if (!model.owns(worker)) {
            assertThatThrownBy(() -> scripts.get(limit).claim(lease, most))
                .isInstanceOf(LeaseLostException.class);
            Statistics.collect("claim by another");
          } else {
            boolean redelivered = !model.claimed.isEmpty();
            Claim claim = scripts.get(limit).claim(lease, most);
            assertThat(WorkerParts.texts(claim.jobs()))
                .isEqualTo(model.claim(QueueHistory.LIMITS.get(limit), parts.run()));
            assertThat(claim.redelivered()).isEqualTo(redelivered);
            if (!claim.jobs().isEmpty()) {
              claims.put(worker, claim);
            }
            Statistics.collect(redelivered ? "redelivery" : "claim");
          }
        }
        case QueueHistory.Step.Acknowledge(int worker, int dead, boolean again) -> {
          Claim batch = claims.remove(worker);
          if (batch != null) {
            List<String> letters =
                batch.jobs().stream()
                    .limit(dead)
                    .map(job -> DeadLetter.now(DeadLetter.Reason.UNDECODABLE, job).encode())
                    .toList();
            QueueModel.Acknowledgement acknowledgement =
                new QueueModel.Acknowledgement(batch, letters);
            acknowledgements.put(worker, acknowledgement);
            for (int i = 0; i < (again ? 2 : 1); i++) {
              acknowledge(model, worker, acknowledgement);
            }
            Statistics.collect(again ? "acknowledged twice" : "acknowledged");
          }
        }
        case QueueHistory.Step.AcknowledgeLate(int worker) -> {
          QueueModel.Acknowledgement earlier = acknowledgements.get(worker);
          if (earlier != null) {
            acknowledge(model, worker, earlier);
            Statistics.collect("acknowledged late");
          }
        }
        case QueueHistory.Step.SetCounter(int counter, long number) -> {
          parts.count(QueueHistory.COUNTERS.get(counter), number);
          model.counters.put(QueueHistory.COUNTERS.get(counter), number);
        }
        case QueueHistory.Step.Raise(int counter, long number) ->
            assertThat(scripts.getFirst().raise(QueueHistory.COUNTERS.get(counter), number))
                .isEqualTo(model.raise(QueueHistory.COUNTERS.get(counter), number));
        case QueueHistory.Step.Remove(int letter, boolean retry, boolean again) -> {
          if (!model.dead.isEmpty()) {
            DeadLetters.Entry entry = parts.deadLetters.list(1_000).get(letter % model.dead.size());
            for (int i = 0; i < (again ? 2 : 1); i++) {
              boolean removed =
                  retry ? parts.deadLetters.retry(entry) : parts.deadLetters.drop(entry);
              assertThat(removed).isEqualTo(model.remove(entry, retry));
            }
            Statistics.collect(retry ? "retried" : "dropped");
          }
        }
      }
      assertThat(held()).as("after %s", step).isEqualTo(model.held());
    }
    Statistics.coverage(
        coverage ->
            Stream.of(
                    "claim",
                    "claim by another",
                    "redelivery",
                    "acknowledged",
                    "acknowledged twice",
                    "acknowledged late",
                    "retried",
                    "dropped")
                .forEach(happened -> coverage.check(happened).count(count -> count > 0)));
  }

  private static void acknowledge(
      QueueModel model, int worker, QueueModel.Acknowledgement acknowledgement) {
    Lease lease = workers.get(worker).lease(QueueHistory.KEYS);
    if (model.owns(worker)) {
      scripts.getFirst().acknowledge(lease, acknowledgement.batch(), acknowledgement.deadLetters());
    } else {
      assertThatThrownBy(
              () ->
                  scripts
                      .getFirst()
                      .acknowledge(lease, acknowledgement.batch(), acknowledgement.deadLetters()))
          .isInstanceOf(LeaseLostException.class);
    }
    model.acknowledge(worker, acknowledgement);
  }

  /** Everything that Redis holds. */
  private static Map<String, Object> held() {
    Map<String, Object> held = new HashMap<>();
    for (String key : parts.redis.keys("*")) {
      held.put(
          key,
          switch (parts.redis.type(key)) {
            case LIST -> parts.list(key);
            case ZSET -> Set.copyOf(parts.redis.opsForZSet().range(key, 0, -1));
            case HASH -> parts.redis.opsForHash().entries(key);
            case null, default -> String.valueOf(parts.redis.opsForValue().get(key));
          });
    }
    if (held.containsKey(QueueHistory.KEYS.owner())) {
      Long life = parts.redis.getExpire(QueueHistory.KEYS.owner());
      assertThat(Duration.ofSeconds(life == null ? -1 : life))
          .isBetween(LeaseTaker.LIFE.minusMinutes(5), LeaseTaker.LIFE);
    }
    return held;
  }

  @Provide
  Arbitrary<List<QueueHistory.Step>> steps() {
    return QueueHistory.histories();
  }
}
