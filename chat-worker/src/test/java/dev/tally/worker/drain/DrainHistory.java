package dev.tally.worker.drain;

import dev.tally.common.identity.AppToken;
import dev.tally.common.identity.ChatName;
import dev.tally.common.identity.Numbers;
import dev.tally.common.partition.PartitionKeys;
import dev.tally.common.queue.ChatContent;
import dev.tally.common.queue.JobCodec;
import dev.tally.common.queue.MessageContent;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.RandomDistribution;
import net.jqwik.api.Tuple;

/** Random histories of one partition's queue: what gateways, workers, faults and operators do. */
final class DrainHistory {

  static final PartitionKeys KEYS = new PartitionKeys(5);

  /** Two that exist, and one that does not. */
  static final List<String> APPS = IntStream.range(1, 4).mapToObj("%032x"::formatted).toList();

  static final Instant NOW = Instant.parse("2026-02-03T04:05:06.789012Z");
  static final Instant LAST_TIME = Instant.parse("9999-12-31T23:59:59.999999Z");
  static final int MAX_BODY_BYTES = 65_535;
  static final int MAX_AUTHOR = 128;

  /** One for each worker. */
  static final List<BatchLimit> LIMITS =
      List.of(BatchLimit.of(1_000, 4_000_000), BatchLimit.of(3, 4_000_000), BatchLimit.of(20, 700));

  static final JobCodec CODEC = new JobCodec();

  private DrainHistory() {}

  static AppToken token(int app) {
    return new AppToken(APPS.get(app));
  }

  /** Whether the columns take a time. */
  static boolean isStorable(Instant time) {
    return !time.isAfter(LAST_TIME);
  }

  /** Whether the columns take what a message says. */
  static boolean isStorable(MessageContent content) {
    return WorkerParts.utf8(content.body()).length() <= MAX_BODY_BYTES;
  }

  /** The fault that meets the last batch of a turn. */
  enum Fault {
    NONE,
    CLAIM_ANSWER_LOST,
    KILLED_AFTER_CLAIM,
    LEASE_LOST_BEFORE_COMMIT,
    COMMIT_ANSWER_LOST,
    KILLED_AFTER_COMMIT,
    LEASE_LOST_AFTER_COMMIT,
    KILLED_BEFORE_ACKNOWLEDGEMENT,
    ACKNOWLEDGEMENT_ANSWER_LOST,
    KILLED_AFTER_ACKNOWLEDGEMENT
  }

  /** An event in the history of a partition. */
  sealed interface Step {

    record Queue(List<String> jobs) implements Step {}

    /** A worker gets the lease and drains up to so many batches. */
    record Turn(int worker, int batches, Fault fault) implements Step {}

    /** A counter has this number; Redis may have lost higher ones. */
    record SetCounter(int app, long chat, long number) implements Step {}

    /** An operator retries a dead letter. */
    record Retry(int letter) implements Step {}
  }

  /** Histories; each ends wherever it happens to, and has changes of its own. */
  static Arbitrary<List<Step>> histories() {
    return Arbitraries.integers().between(0, 1_000_000).flatMap(DrainHistory::histories);
  }

  private static Arbitrary<List<Step>> histories(int contents) {
    Arbitrary<Step> queues =
        Combinators.combine(
                runs(contents).list().ofMinSize(1).ofMaxSize(6),
                Arbitraries.of(false, false, true),
                Arbitraries.longs())
            .as(
                (runs, shuffled, seed) -> {
                  List<String> jobs = new ArrayList<>();
                  runs.forEach(jobs::addAll);
                  if (shuffled) {
                    Collections.shuffle(jobs, new Random(seed));
                  }
                  return new Step.Queue(jobs);
                });
    Arbitrary<Step> turns =
        Combinators.combine(
                Arbitraries.integers().between(0, LIMITS.size() - 1),
                Arbitraries.integers().between(1, 3),
                Arbitraries.of(Fault.class))
            .as(Step.Turn::new);
    Arbitrary<Step> counters =
        Combinators.combine(
                Arbitraries.integers().between(0, 1),
                Arbitraries.longs().between(0, 3),
                Arbitraries.longs().between(0, 5))
            .as(Step.SetCounter::new);
    return Arbitraries.<Step>frequencyOf(
            Tuple.of(4, queues),
            Tuple.of(5, turns),
            Tuple.of(1, counters),
            Tuple.of(1, Arbitraries.integers().between(0, 50).map(Step.Retry::new)))
        .list()
        .ofMaxSize(14)
        .withSizeDistribution(RandomDistribution.uniform());
  }

  /** Jobs with consecutive numbers. Runs overlap, and often repeat jobs that were queued before. */
  private static Arbitrary<List<String>> runs(int contents) {
    Arbitrary<String> apps = Arbitraries.of(APPS.get(0), APPS.get(0), APPS.get(1), APPS.get(2));
    Arbitrary<Long> chats = Arbitraries.longs().between(1, 3);
    // Two different jobs with one number: Redis gave the number out again.
    Arbitrary<Integer> variants = Arbitraries.of(0, 0, 0, 0, 1);
    Arbitrary<List<String>> conversations =
        Combinators.combine(
                apps,
                chats,
                Arbitraries.integers().between(0, 8),
                Arbitraries.integers().between(0, 6),
                variants,
                // Messages that were dead letters come after their changes.
                Arbitraries.of(false, false, true))
            .as(
                (app, chat, count, changed, variant, late) -> {
                  List<String> messages = messages(app, chat, 1, count, variant);
                  List<String> changes = ChangeJobs.of(contents, app, chat, 1, changed, variant);
                  List<String> jobs = new ArrayList<>(List.of(chat(app, chat, variant)));
                  jobs.addAll(late ? changes : messages);
                  jobs.addAll(late ? messages : changes);
                  return jobs;
                });
    Arbitrary<List<String>> later =
        Combinators.combine(
                apps,
                chats,
                Arbitraries.integers().between(1, 12),
                Arbitraries.integers().between(1, 5),
                variants)
            .as(DrainHistory::messages);
    Arbitrary<List<String>> changes =
        Combinators.combine(
                apps,
                chats,
                Arbitraries.integers().between(1, 10),
                Arbitraries.integers().between(1, 8),
                variants,
                // Changes that were dead letters come after later ones.
                Arbitraries.of(false, true))
            .as(
                (app, chat, first, count, variant, late) -> {
                  List<String> jobs = ChangeJobs.of(contents, app, chat, first, count, variant);
                  return late ? jobs.reversed() : jobs;
                });
    return Arbitraries.frequencyOf(
        Tuple.of(4, conversations),
        Tuple.of(5, later),
        Tuple.of(5, changes),
        Tuple.of(2, rejected().map(List::of)));
  }

  private static String chat(String app, long number, int variant) {
    return WorkerParts.utf8(
        CODEC.openChat(new AppToken(app), ChatContent.NONE, NOW.plusSeconds(variant), null)
            + number
            + "}");
  }

  private static List<String> messages(String app, long chat, int first, int count, int variant) {
    return IntStream.range(first, first + count)
        .mapToObj(
            number -> {
              String body = "m" + number + "🎉".repeat(variant);
              MessageContent content =
                  number % 2 == 0
                      ? new MessageContent(body, "bob", "{\"m\":" + number + "}", 1L)
                      : MessageContent.of(body);
              return message(app, chat, number, content, NOW);
            })
        .toList();
  }

  private static String message(String app, long chat, long number, String body, Instant at) {
    return message(app, chat, number, MessageContent.of(body), at);
  }

  private static String message(
      String app, long chat, long number, MessageContent content, Instant at) {
    return WorkerParts.utf8(
        CODEC.openMessage(new ChatName(new AppToken(app), chat), content, at, null) + number + "}");
  }

  /** Jobs that no gateway queues, and jobs that no table can hold. */
  private static Arbitrary<String> rejected() {
    String app = APPS.getFirst();
    Arbitrary<Long> numbers = Arbitraries.longs().between(101, 103);
    Arbitrary<String> noTokens =
        Arbitraries.of("", "ä", "🎉", "x".repeat(100), app + " ", app.replace('0', 'O'), "%", "'");
    return Arbitraries.oneOf(
        numbers.flatMap(number -> ChangeJobs.refused(app, number)),
        Arbitraries.of("", "{}", "no json", "{\"v\":2}", "\0", "\u00ff\u00fe", "null"),
        Arbitraries.strings().withCharRange('\0', '\u00ff').ofMaxLength(20),
        noTokens.map(token -> chat(app, 1, 0).replace(app, WorkerParts.utf8(token))),
        noTokens.map(token -> message(app, 1, 1, "hi", NOW).replace(app, WorkerParts.utf8(token))),
        numbers.map(number -> message(app, 1, number, "x".repeat(MAX_BODY_BYTES + 1), NOW)),
        numbers.map(number -> message(app, 1, number, "late", LAST_TIME.plusNanos(1_000))),
        numbers.map(
            number ->
                message(app, 1, number, "too late", Instant.parse("+292000-01-01T00:00:00Z"))),
        numbers.map(
            number ->
                CODEC.openChat(
                        new AppToken(app),
                        ChatContent.NONE,
                        Instant.parse("+292000-01-01T00:00:00Z"),
                        null)
                    + number
                    + "}"),
        numbers.map(number -> message(app, 1, number, "last", LAST_TIME)),
        numbers.map(number -> message(app, 1, Numbers.HIGHEST + number, "too far", NOW)),
        numbers.map(number -> message(app, 1, 999_999_999_999_999L - number, "a\0b", NOW)),
        numbers.map(number -> message(app, 1, number, "JOKER", NOW).replace("JOKER", "\\ud800")));
  }
}
