package dev.tally.common.accept;

import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.RandomDistribution;
import net.jqwik.api.Tuple;
import org.jspecify.annotations.Nullable;

/** An event that changes the data in Redis, and random sequences of such events. */
sealed interface Step {

  /**
   * A request.
   *
   * @param chat the chat that is written to, 0 to make one
   * @param repliedTo the message that the new ones answer, 0 if they answer none
   * @param again whether the client saw no answer and sends it once more
   */
  record Write(
      int app, long chat, List<String> bodies, long repliedTo, @Nullable String key, boolean again)
      implements Step {}

  /** A gateway recovers a counter to this highest number. */
  record Recover(int app, long chat, long highest) implements Step {}

  /** Redis loses a counter. */
  record Lose(int app, long chat) implements Step {}

  /** Somebody writes to a counter, to the hash or in place of it. */
  record Spoil(int app, long chat, String text, boolean asHash) implements Step {}

  /** Redis is another process now. */
  record Restart() implements Step {}

  /** The gateway checks the run of Redis for the partition of an app. */
  record Check(int app) implements Step {}

  /** Somebody begins an epoch in the partition of an app. */
  record Raise(int app) implements Step {}

  /** A worker claims all jobs of an app. */
  record Claim(int app) implements Step {}

  /** A slice of time passes for the idempotency records of an app. */
  record Pass(int app) implements Step {}

  /**
   * Sequences of steps.
   *
   * @param appCount the number of apps
   * @param queueLimit the jobs that a queue may hold
   */
  static Arbitrary<List<Step>> sequences(int appCount, int queueLimit) {
    Arbitrary<Integer> apps = Arbitraries.integers().between(0, appCount - 1);
    // Chats that a sequence can create, and the highest numbers that a path can name.
    Arbitrary<Long> chats =
        Arbitraries.frequencyOf(
            Tuple.of(8, Arbitraries.longs().between(1, 3)),
            Tuple.of(1, Arbitraries.longs().between(999_999_999_999_990L, 999_999_999_999_999L)));
    Arbitrary<Long> parents =
        Arbitraries.frequencyOf(Tuple.of(2, chats), Tuple.of(1, Arbitraries.just(0L)));
    Arbitrary<Long> highest =
        Arbitraries.frequencyOf(
            Tuple.of(3, Arbitraries.just(0L)),
            Tuple.of(1, Arbitraries.longs().between(999_999_999_999_900L, 999_999_999_999_980L)));
    Arbitrary<List<String>> bodies =
        Arbitraries.of("hi", "", "}", "🎉\"\\", "%.0f", "%d")
            .list()
            .ofMinSize(1)
            .ofMaxSize(queueLimit + 1);
    Arbitrary<String> keys = Arbitraries.of("k", "more", ":messages", "1:messages", "%s*{07}", "x");
    Arbitrary<Step> writes =
        Combinators.combine(
                apps,
                parents,
                bodies,
                Arbitraries.of(0L, 0L, 0L, 1L, 2L, 999_999_999_999_999L),
                keys.injectNull(0.4),
                Arbitraries.of(false, false, true))
            .as(Write::new);
    return Arbitraries.frequencyOf(
            Tuple.of(6, writes),
            Tuple.of(3, Combinators.combine(apps, parents, highest).as(Recover::new)),
            Tuple.of(1, Combinators.combine(apps, parents).as(Lose::new)),
            Tuple.of(
                1,
                Combinators.combine(
                        apps,
                        parents,
                        Arbitraries.of("many", "", "-1", "1e3", "0x1f", " 1", "1000000000000000"),
                        Arbitraries.of(true, false))
                    .as(Spoil::new)),
            Tuple.of(1, Arbitraries.just(new Restart())),
            Tuple.of(6, apps.map(Check::new)),
            Tuple.of(1, apps.map(Raise::new)),
            Tuple.of(2, apps.map(Claim::new)),
            Tuple.of(1, apps.map(Pass::new)))
        .list()
        .ofMaxSize(80)
        .withSizeDistribution(RandomDistribution.uniform());
  }
}
