package dev.tally.worker.drain.batch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tally.common.deadletter.DeadLetter;
import dev.tally.common.identity.MessageKey;
import dev.tally.common.queue.MessageChange;
import dev.tally.worker.drain.change.ChangeTable;
import dev.tally.worker.outbox.SearchOutbox;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.statistics.Statistics;
import net.jqwik.api.statistics.StatisticsReport;

/** What holds for the plan of any batch, whatever was persisted before. */
class BatchPlanPropertiesTest {

  @Property(tries = 500)
  @StatisticsReport(StatisticsReport.StatisticsReportMode.OFF)
  void eachJobIsNewOrRedeliveredOrRejected(@ForAll("batches") List<List<Delivery>> batches) {
    Tables tables = new Tables();
    for (List<Delivery> batch : batches) {
      Verdicts expected = Verdicts.of(batch, tables);

      BatchPlan plan = tables.persist(batch);

      assertThat(plan.chats().stream().<Row<?>>map(BatchPlan.NewChat::row))
          .containsExactlyInAnyOrderElementsOf(expected.chats);
      assertThat(plan.messages().stream().<Row<?>>map(message -> message))
          .containsExactlyInAnyOrderElementsOf(expected.messages);
      assertThat(ChangeTable.added(plan.changes()))
          .containsExactlyInAnyOrderElementsOf(expected.changes);
      assertThat(plan.rejections()).containsExactlyInAnyOrderElementsOf(expected.rejections);
      assertThat(plan.redelivered()).isEqualTo(expected.redelivered);
      assertThat(
              plan.chats().size()
                  + plan.messages().size()
                  + plan.changes().addedCount()
                  + plan.rejections().size()
                  + plan.redelivered())
          .isEqualTo(batch.size());
      plan.rejections().forEach(rejection -> Statistics.collect(rejection.reason()));
    }
    Statistics.coverage(
        coverage ->
            Stream.of(
                    DeadLetter.Reason.APP_MISSING,
                    DeadLetter.Reason.CHAT_MISSING,
                    DeadLetter.Reason.NUMBER_TAKEN)
                .forEach(reason -> coverage.check(reason).count(count -> count > 0)));
  }

  /** {@link Tables#write} also fails on a second row with a key, and on a message without chat. */
  @Property(tries = 500)
  void countsAreTheNumbersOfRows(@ForAll("batches") List<List<Delivery>> batches) {
    Tables tables = new Tables();
    for (List<Delivery> batch : batches) {
      tables.persist(batch);
      tables.checkCounts();
    }
  }

  @Property(tries = 500)
  void rowsAreInKeyOrderAndRangesHoldTheMessages(@ForAll("batches") List<List<Delivery>> batches) {
    Tables tables = new Tables();
    for (List<Delivery> batch : batches) {
      BatchPlan plan = tables.persist(batch);

      assertThat(plan.chats().stream().map(chat -> chat.row().key())).isSorted();
      List<MessageKey> keys = plan.messages().stream().map(Row.Message::key).toList();
      assertThat(keys).isSorted();
      List<MessageKey> indexed =
          plan.ranges().stream().flatMap(BatchPlanPropertiesTest::keys).toList();
      assertThat(indexed.subList(0, keys.size())).isEqualTo(keys);
      assertThat(indexed.subList(keys.size(), indexed.size()))
          .as("messages that were there before, and say something else now")
          .containsExactlyElementsOf(
              plan.changes().changed().keySet().stream()
                  .filter(key -> !keys.contains(key))
                  .toList());
      for (int i = 1; i < plan.ranges().size(); i++) {
        SearchOutbox.Range range = plan.ranges().get(i);
        SearchOutbox.Range before = plan.ranges().get(i - 1);
        MessageKey last = new MessageKey(before.chat(), before.numbers().last());
        MessageKey first = new MessageKey(range.chat(), range.numbers().first());
        // Ranges of new messages come first; those of changed ones may lie beside them.
        if (keys.contains(last) == keys.contains(first)) {
          assertThat(new MessageKey(last.chat(), last.number() + 1))
              .as("one range would do")
              .isNotEqualTo(first);
        }
      }
    }
  }

  @Property(tries = 500)
  @StatisticsReport(StatisticsReport.StatisticsReportMode.OFF)
  void aTrustedCountChangesNothingOrViolatesAKey(@ForAll("batches") List<List<Delivery>> batches) {
    Tables tables = new Tables();
    for (List<Delivery> batch : batches) {
      BatchPlan careful = tables.plan(batch, false);
      BatchPlan trusting = tables.plan(batch, true);

      assertThat(tables.take(careful)).isTrue();
      Statistics.collect(tables.take(trusting));
      if (tables.take(trusting)) {
        assertThat(trusting).usingRecursiveComparison().isEqualTo(careful);
      }
      tables.write(careful);
    }
    Statistics.coverage(
        coverage -> {
          coverage.check(true).count(count -> count > 0);
          coverage.check(false).count(count -> count > 0);
        });
  }

  @Property(tries = 500)
  void aBatchThatComesAgainAddsNothing(@ForAll("batches") List<List<Delivery>> batches) {
    Tables tables = new Tables();
    for (List<Delivery> batch : batches) {
      BatchPlan first = tables.persist(batch);
      BatchPlan again = tables.persist(batch);

      assertThat(again.chats()).isEmpty();
      assertThat(again.messages()).isEmpty();
      assertThat(again.ranges()).isEmpty();
      assertThat(again.changes().addedCount()).isZero();
      assertThat(again.changes().changed()).isEmpty();
      assertThat(again.addedChats()).isEmpty();
      assertThat(again.addedMessages()).isEmpty();
      assertThat(again.rejections()).containsExactlyInAnyOrderElementsOf(first.rejections());
    }
  }

  private static Stream<MessageKey> keys(SearchOutbox.Range range) {
    assertThat(range.partition()).isEqualTo(Tables.PARTITION);
    return LongStream.rangeClosed(range.numbers().first(), range.numbers().last())
        .mapToObj(number -> new MessageKey(range.chat(), number));
  }

  @Provide
  Arbitrary<List<List<Delivery>>> batches() {
    return Combinators.combine(
            runs().list().ofMinSize(1).ofMaxSize(5),
            Arbitraries.of(false, false, true),
            Arbitraries.longs())
        .as(
            (runs, shuffled, seed) -> {
              List<Delivery> batch = new ArrayList<>();
              runs.forEach(batch::addAll);
              if (shuffled) {
                Collections.shuffle(batch, new Random(seed));
              }
              return batch;
            })
        .list()
        .ofMinSize(1)
        .ofMaxSize(5);
  }

  /** Jobs with consecutive numbers, which overlap with those of other runs. */
  private static Arbitrary<List<Delivery>> runs() {
    Arbitrary<Integer> apps = Arbitraries.of(0, 0, 0, 1, 2);
    Arbitrary<Integer> firsts = Arbitraries.of(1, 1, 2, 3, 4);
    Arbitrary<Integer> counts = Arbitraries.integers().between(1, 4);
    // Two different jobs with one number: Redis gave the number out again.
    Arbitrary<Integer> variants = Arbitraries.of(0, 0, 0, 0, 1);
    Arbitrary<List<Delivery>> chats =
        Combinators.combine(apps, firsts, counts, variants)
            .as(
                (app, first, count, variant) ->
                    IntStream.range(first, first + count)
                        .mapToObj(number -> Tables.chat(app, number, variant))
                        .toList());
    Arbitrary<List<Delivery>> messages =
        Combinators.combine(apps, firsts, firsts, counts, variants)
            .as(
                (app, chat, first, count, variant) ->
                    IntStream.range(first, first + count)
                        .mapToObj(
                            number ->
                                Tables.message(app, chat, number, "m" + number + "-" + variant))
                        .toList());
    Arbitrary<List<Delivery>> changes =
        Combinators.combine(apps, firsts, firsts, counts, variants, Arbitraries.of(1, 2, 3, 4, 6))
            .as(
                (app, chat, first, count, variant, message) ->
                    IntStream.range(first, first + count)
                        .mapToObj(
                            number ->
                                Tables.change(
                                    app,
                                    chat,
                                    number,
                                    message,
                                    number % 3 == 0
                                        ? new MessageChange.Deletion()
                                        : MessageChange.Edit.all("e" + number + variant, null),
                                    number % 4 == 0 ? 1L : null))
                        .toList());
    return Arbitraries.frequencyOf(Tuple.of(2, chats), Tuple.of(5, messages), Tuple.of(4, changes));
  }
}
