package dev.tally.worker.drain;

import dev.tally.common.identity.AppToken;
import dev.tally.common.identity.ChatName;
import dev.tally.common.partition.PartitionKeys;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.RandomDistribution;
import net.jqwik.api.Tuple;

/** Random histories of one partition: what gateways, workers and operators do to its keys. */
final class QueueHistory {

  static final PartitionKeys KEYS = new PartitionKeys(7);
  static final AppToken APP = new AppToken("a".repeat(32));
  static final List<AppToken> APPS =
      List.of(APP, new AppToken("b".repeat(32)), new AppToken("c".repeat(32)));
  static final List<String> COUNTERS =
      List.of(KEYS.chats(APP), KEYS.messages(new ChatName(APP, 1)));
  static final List<String> WORKERS = List.of("w0", "w1", "w2");

  static final List<BatchLimit> LIMITS =
      List.of(
          new BatchLimit(1, 1_000, 2, 10),
          new BatchLimit(3, 25, 1, 100),
          new BatchLimit(1_000, 1_000, 3, 20),
          new BatchLimit(5, 8, 64, 5));

  private QueueHistory() {}

  /** An event in the history of a partition. */
  sealed interface Step {

    /** A gateway queues jobs of an app. */
    record Queue(int app, List<String> jobs) implements Step {}

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

  static Arbitrary<List<Step>> histories() {
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
            Tuple.of(
                5,
                Combinators.combine(
                        Arbitraries.integers().between(0, APPS.size() - 1),
                        jobs.list().ofMinSize(1).ofMaxSize(6))
                    .as(Step.Queue::new)),
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
