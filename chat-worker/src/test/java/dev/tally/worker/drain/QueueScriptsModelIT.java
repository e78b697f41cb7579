package dev.tally.worker.drain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tally.common.identity.AppToken;
import dev.tally.common.identity.ChatName;
import dev.tally.common.partition.PartitionKeys;
import dev.tally.worker.deadletter.DeadLetter;
import dev.tally.worker.deadletter.DeadLetters;
import dev.tally.worker.lease.Lease;
import dev.tally.worker.lease.LeaseLostException;
import dev.tally.worker.lease.LeaseTaker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.RandomDistribution;
import net.jqwik.api.Tuple;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import net.jqwik.api.statistics.Statistics;
import net.jqwik.api.statistics.StatisticsReport;
import org.jspecify.annotations.Nullable;

/**
 * Random histories of one partition. Three workers hold its lease, lose it, or believe to hold it,
 * and their requests may arrive twice or late. After each step Redis holds the same as a model in
 * memory, and has given the same answer.
 */
class QueueScriptsModelIT {

  private static final PartitionKeys KEYS = new PartitionKeys(7);
  private static final AppToken APP = new AppToken("a".repeat(32));
  private static final List<String> COUNTERS =
      List.of(KEYS.chats(APP), KEYS.messages(new ChatName(APP, 1)));
  private static final List<String> WORKERS = List.of("w0", "w1", "w2");

  private static final List<BatchLimit> LIMITS =
      List.of(
          new BatchLimit(1, 1_000),
          new BatchLimit(3, 25),
          new BatchLimit(1_000, 1_000),
          new BatchLimit(5, 8));

  private static WorkerParts parts;
  private static List<LeaseTaker> workers;
  private static List<QueueScripts> scripts;

  @BeforeContainer
  static void start() {
    parts = new WorkerParts();
    workers = WORKERS.stream().map(id -> new LeaseTaker(id, parts.redis)).toList();
    scripts =
        LIMITS.stream().map(limit -> new QueueScripts(parts.bytes, limit.properties())).toList();
  }

  @AfterContainer
  static void stop() {
    parts.close();
  }

  /** An event in the history of a partition. */
  sealed interface Step {

    /** A gateway queues jobs. */
    record Queue(List<String> jobs) implements Step {}

    record Attend(int worker) implements Step {}

    record Leave(int worker) implements Step {}

    /** A worker's entry in the roll has expired. */
    record Silence(int worker) implements Step {}

    record Acquire(int worker) implements Step {}

    record Renew(int worker) implements Step {}

    record Release(int worker) implements Step {}

    /** The lease has expired. */
    record Expire() implements Step {}

    record TakeBatch(int worker, int limit) implements Step {}

    /**
     * A worker acknowledges what it claimed last.
     *
     * @param dead how many of the jobs it rejects
     * @param again whether it lost the answer and sends it again
     */
    record Acknowledge(int worker, int dead, boolean again) implements Step {}

    /** A worker's last acknowledgement arrives a second time. */
    record AcknowledgeLate(int worker) implements Step {}

    record SetCounter(int counter, long number) implements Step {}

    record Raise(int counter, long number) implements Step {}

    /**
     * An operator retries or drops a dead letter.
     *
     * @param again whether the answer was lost, and the operator tries again
     */
    record Remove(int letter, boolean retry, boolean again) implements Step {}
  }

  /** An acknowledgement as a worker sends it. */
  private record Acknowledgement(Claim batch, List<String> deadLetters) {}

  @Property
  @StatisticsReport(StatisticsReport.StatisticsReportMode.OFF)
  void redisHoldsWhatTheModelHolds(@ForAll("steps") List<Step> steps) {
    parts.wipeRedis();
    Model model = new Model();
    Map<Integer, Claim> claims = new HashMap<>();
    Map<Integer, Acknowledgement> acknowledgements = new HashMap<>();
    for (Step step : steps) {
      switch (step) {
        case Step.Queue(List<String> jobs) -> {
          parts.queue(KEYS, jobs);
          model.jobs.addAll(jobs);
        }
        case Step.Attend(int worker) ->
            assertThat(workers.get(worker).attend()).isEqualTo(model.attend(worker));
        case Step.Leave(int worker) -> {
          workers.get(worker).leave();
          model.leave(worker);
        }
        case Step.Silence(int worker) -> {
          if (model.roll.contains(WORKERS.get(worker))) {
            parts.redis.opsForZSet().add(PartitionKeys.WORKERS, WORKERS.get(worker), 1);
            model.silent.add(WORKERS.get(worker));
          }
        }
        case Step.Acquire(int worker) ->
            assertThat(workers.get(worker).acquire(KEYS)).isEqualTo(model.acquire(worker));
        case Step.Renew(int worker) ->
            assertThat(workers.get(worker).renew(KEYS)).isEqualTo(model.owns(worker));
        case Step.Release(int worker) -> {
          workers.get(worker).release(KEYS);
          model.release(worker);
        }
        case Step.Expire() -> {
          parts.redis.delete(KEYS.owner());
          model.owner = null;
        }
        case Step.TakeBatch(int worker, int limit) -> {
          Lease lease = workers.get(worker).lease(KEYS);
          if (!model.owns(worker)) {
            assertThatThrownBy(() -> scripts.get(limit).claim(lease))
                .isInstanceOf(LeaseLostException.class);
            Statistics.collect("claim by another");
          } else {
            boolean redelivered = !model.claimed.isEmpty();
            Claim claim = scripts.get(limit).claim(lease);
            assertThat(WorkerParts.texts(claim.jobs())).isEqualTo(model.claim(LIMITS.get(limit)));
            assertThat(claim.redelivered()).isEqualTo(redelivered);
            if (!claim.jobs().isEmpty()) {
              claims.put(worker, claim);
            }
            Statistics.collect(redelivered ? "redelivery" : "claim");
          }
        }
        case Step.Acknowledge(int worker, int dead, boolean again) -> {
          Claim batch = claims.remove(worker);
          if (batch != null) {
            List<String> letters =
                batch.jobs().stream()
                    .limit(dead)
                    .map(job -> DeadLetter.now(DeadLetter.Reason.UNDECODABLE, job).encode())
                    .toList();
            Acknowledgement acknowledgement = new Acknowledgement(batch, letters);
            acknowledgements.put(worker, acknowledgement);
            for (int i = 0; i < (again ? 2 : 1); i++) {
              acknowledge(model, worker, acknowledgement);
            }
            Statistics.collect(again ? "acknowledged twice" : "acknowledged");
          }
        }
        case Step.AcknowledgeLate(int worker) -> {
          Acknowledgement earlier = acknowledgements.get(worker);
          if (earlier != null) {
            acknowledge(model, worker, earlier);
            Statistics.collect("acknowledged late");
          }
        }
        case Step.SetCounter(int counter, long number) -> {
          parts.redis.opsForValue().set(COUNTERS.get(counter), Long.toString(number));
          model.counters.put(COUNTERS.get(counter), number);
        }
        case Step.Raise(int counter, long number) ->
            assertThat(scripts.getFirst().raise(COUNTERS.get(counter), number))
                .isEqualTo(model.raise(COUNTERS.get(counter), number));
        case Step.Remove(int letter, boolean retry, boolean again) -> {
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

  private static void acknowledge(Model model, int worker, Acknowledgement acknowledgement) {
    Lease lease = workers.get(worker).lease(KEYS);
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
    Set<String> lists = Set.of(KEYS.jobs(), KEYS.claimed(), KEYS.dead());
    for (String key : parts.redis.keys("*")) {
      if (lists.contains(key)) {
        held.put(key, parts.list(key));
      } else if (key.equals(PartitionKeys.WORKERS)) {
        held.put(key, parts.redis.opsForZSet().range(key, 0, -1));
      } else {
        held.put(key, String.valueOf(parts.redis.opsForValue().get(key)));
      }
    }
    if (held.containsKey(KEYS.owner())) {
      Long life = parts.redis.getExpire(KEYS.owner());
      assertThat(Duration.ofSeconds(life == null ? -1 : life))
          .isBetween(LeaseTaker.LIFE.minusMinutes(5), LeaseTaker.LIFE);
    }
    return held;
  }

  /** A model of the scripts, without Redis. */
  private static final class Model {

    final List<String> jobs = new ArrayList<>();
    final List<String> claimed = new ArrayList<>();
    final List<String> dead = new ArrayList<>();
    final Set<String> roll = new TreeSet<>();
    final Set<String> silent = new HashSet<>();
    final Map<String, Long> counters = new HashMap<>();
    @Nullable String owner;

    List<String> attend(int worker) {
      roll.removeAll(silent);
      silent.clear();
      roll.add(WORKERS.get(worker));
      return List.copyOf(roll);
    }

    void leave(int worker) {
      roll.remove(WORKERS.get(worker));
      silent.remove(WORKERS.get(worker));
    }

    boolean owns(int worker) {
      return WORKERS.get(worker).equals(owner);
    }

    boolean acquire(int worker) {
      if (owner != null) {
        return false;
      }
      owner = WORKERS.get(worker);
      return true;
    }

    void release(int worker) {
      if (owns(worker)) {
        owner = null;
      }
    }

    List<String> claim(BatchLimit limit) {
      limit.claim(jobs, claimed);
      return List.copyOf(claimed);
    }

    void acknowledge(int worker, Acknowledgement acknowledgement) {
      List<String> batch = WorkerParts.texts(acknowledgement.batch().jobs());
      if (owns(worker)
          && claimed.size() == batch.size()
          && claimed.getFirst().equals(batch.getFirst())) {
        dead.addAll(acknowledgement.deadLetters().stream().map(WorkerParts::utf8).toList());
        claimed.clear();
      }
    }

    boolean raise(String counter, long number) {
      Long highest = counters.get(counter);
      if (highest == null || highest >= number) {
        return false;
      }
      counters.put(counter, number);
      return true;
    }

    boolean remove(DeadLetters.Entry entry, boolean retry) {
      boolean there = dead.remove(WorkerParts.utf8(entry.text()));
      if (there && retry) {
        jobs.addFirst(WorkerParts.texts(List.of(entry.letter().job())).getFirst());
      }
      return there;
    }

    Map<String, Object> held() {
      Map<String, Object> held = new HashMap<>();
      held.put(KEYS.jobs(), jobs);
      held.put(KEYS.claimed(), claimed);
      held.put(KEYS.dead(), dead);
      held.put(PartitionKeys.WORKERS, Set.copyOf(roll));
      held.values().removeIf(value -> ((Collection<?>) value).isEmpty());
      if (owner != null) {
        held.put(KEYS.owner(), owner);
      }
      counters.forEach((counter, number) -> held.put(counter, number.toString()));
      return held;
    }
  }

  @Provide
  Arbitrary<List<Step>> steps() {
    // One worker acts more often than the others, so that it often holds the lease when it acts.
    Arbitrary<Integer> workers = Arbitraries.of(0, 0, 0, 0, 1, 2);
    Arbitrary<Integer> counters = Arbitraries.integers().between(0, COUNTERS.size() - 1);
    Arbitrary<Long> numbers =
        Arbitraries.oneOf(
            Arbitraries.longs().between(1, 12),
            Arbitraries.longs().between(999_999_999_999_990L, 999_999_999_999_999L));
    // Any bytes, with so few short ones that some batches begin alike.
    Arbitrary<String> jobs =
        Arbitraries.oneOf(
            Arbitraries.of("j1", "j2", ""),
            Arbitraries.strings().withCharRange('\0', '\u00ff').ofMaxLength(20));
    Arbitrary<Boolean> booleans = Arbitraries.of(false, true);
    return Arbitraries.<Step>frequencyOf(
            Tuple.of(5, jobs.list().ofMinSize(1).ofMaxSize(6).map(Step.Queue::new)),
            Tuple.of(1, workers.map(Step.Attend::new)),
            Tuple.of(1, workers.map(Step.Leave::new)),
            Tuple.of(1, workers.map(Step.Silence::new)),
            Tuple.of(5, workers.map(Step.Acquire::new)),
            Tuple.of(1, workers.map(Step.Renew::new)),
            Tuple.of(2, workers.map(Step.Release::new)),
            Tuple.of(1, Arbitraries.create(Step.Expire::new)),
            Tuple.of(
                9,
                Combinators.combine(workers, Arbitraries.integers().between(0, LIMITS.size() - 1))
                    .as(Step.TakeBatch::new)),
            Tuple.of(
                7,
                Combinators.combine(workers, Arbitraries.integers().between(0, 2), booleans)
                    .as(Step.Acknowledge::new)),
            Tuple.of(3, workers.map(Step.AcknowledgeLate::new)),
            Tuple.of(1, Combinators.combine(counters, numbers).as(Step.SetCounter::new)),
            Tuple.of(1, Combinators.combine(counters, numbers).as(Step.Raise::new)),
            // Often, because there is seldom anything to remove.
            Tuple.of(
                12,
                Combinators.combine(Arbitraries.integers().between(0, 20), booleans, booleans)
                    .as(Step.Remove::new)))
        .list()
        .ofMaxSize(80)
        .withSizeDistribution(RandomDistribution.uniform());
  }
}
