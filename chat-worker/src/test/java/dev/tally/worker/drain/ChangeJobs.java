package dev.tally.worker.drain;

import dev.tally.common.identity.AppToken;
import dev.tally.common.identity.ChatName;
import dev.tally.common.identity.MessageName;
import dev.tally.common.queue.MessageChange;
import java.time.Instant;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import org.jspecify.annotations.Nullable;

/** Jobs that edit or delete messages. */
final class ChangeJobs {

  private ChangeJobs() {}

  /**
   * Changes with consecutive numbers. What a number changes follows from the seed and the variant,
   * so that a history often repeats a job, and seldom has two with one number.
   */
  static List<String> of(int seed, String app, long chat, int first, int count, int variant) {
    return IntStream.range(first, first + count)
        .mapToObj(
            number -> {
              SplittableRandom random = new SplittableRandom((seed * 100L + number) * 2 + variant);
              return job(
                  app,
                  chat,
                  // Some of these have no message yet, and some never get one.
                  1 + Math.min(random.nextInt(7), random.nextInt(14)),
                  number,
                  change(random, number),
                  random.nextBoolean() ? null : "ann",
                  random.nextInt(4) > 0 ? null : (long) random.nextInt(4),
                  DrainHistory.NOW.plusSeconds(60 + number));
            })
        .toList();
  }

  private static MessageChange change(SplittableRandom random, int number) {
    String body = "e" + number;
    String metadata = "{\"e\":" + number + "}";
    return switch (random.nextInt(6)) {
      case 0 -> new MessageChange.Deletion();
      case 1 -> MessageChange.Edit.all(body, metadata);
      case 2 -> MessageChange.Edit.all(body, null);
      case 3 -> new MessageChange.Edit(null, true, metadata);
      case 4 -> new MessageChange.Edit(null, true, null);
      default -> new MessageChange.Edit(body, false, null);
    };
  }

  /** Changes that no table can hold, of which some wait for their message first. */
  static Arbitrary<String> refused(String app, long number) {
    Arbitrary<Long> messages = Arbitraries.of(1L, 1L, 12L);
    MessageChange deletion = new MessageChange.Deletion();
    MessageChange tooLong =
        new MessageChange.Edit("x".repeat(DrainHistory.MAX_BODY_BYTES + 1), false, null);
    String longAuthor = "a".repeat(DrainHistory.MAX_AUTHOR + 1);
    Instant late = DrainHistory.LAST_TIME.plusNanos(1_000);
    return Arbitraries.oneOf(
        messages.map(
            message -> job(app, 1, message, number, tooLong, null, null, DrainHistory.NOW)),
        messages.map(
            message -> job(app, 1, message, number, deletion, longAuthor, null, DrainHistory.NOW)),
        messages.map(message -> job(app, 1, message, number, deletion, null, null, late)));
  }

  private static String job(
      String app,
      long chat,
      long message,
      long number,
      MessageChange change,
      @Nullable String author,
      @Nullable Long expectedRevision,
      Instant at) {
    MessageName name = new MessageName(new ChatName(new AppToken(app), chat), message);
    return WorkerParts.utf8(
        DrainHistory.CODEC.openChange(name, change, author, expectedRevision, at, null)
            + number
            + "}");
  }
}
