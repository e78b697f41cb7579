package dev.tally.worker.drain.batch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tally.common.queue.Job;
import dev.tally.common.queue.MessageChange;
import dev.tally.worker.drain.change.ChangeTable;
import dev.tally.worker.drain.change.Effect;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.statistics.Statistics;
import net.jqwik.api.statistics.StatisticsReport;

/** Whatever batches a queue is taken in, and however often each comes, the rows are the same. */
class BatchSplitPropertiesTest {

  @Property(tries = 500)
  void batchesOfAnySizeAddTheSame(@ForAll("queues") List<Delivery> queue, @ForAll long seed) {
    Tables split = new Tables();
    parts(queue, new Random(seed)).forEach(split::persist);

    assertSame(split, inOneBatch(queue));
  }

  /** A worker was killed after a commit, once or several times. */
  @Property(tries = 500)
  void batchesThatComeAgainAddNothing(@ForAll("queues") List<Delivery> queue, @ForAll long seed) {
    Random random = new Random(seed);
    Tables again = new Tables();
    for (List<Delivery> part : parts(queue, random)) {
      // Transactions of a batch may be smaller than the batch.
      again.persist(part.subList(0, random.nextInt(part.size() + 1)));
      again.persist(part);
      while (random.nextInt(3) == 0) {
        again.persist(part);
      }
    }

    assertSame(again, inOneBatch(queue));
    again.checkCounts();
  }

  /** Messages were dead letters, and their changes waited until somebody retried them. */
  @Property(tries = 500)
  @StatisticsReport(StatisticsReport.StatisticsReportMode.OFF)
  void messagesThatComeLastAreChangedAsIfTheyHadCome(
      @ForAll("queues") List<Delivery> queue, @ForAll long seed) {
    Random random = new Random(seed);
    List<Delivery> punctual = new ArrayList<>();
    List<Delivery> late = new ArrayList<>();
    for (Delivery delivery : queue) {
      boolean isLate = delivery.job() instanceof Job.NewMessage && random.nextInt(3) == 0;
      (isLate ? late : punctual).add(delivery);
    }
    Tables waiting = new Tables();
    parts(punctual, random).forEach(waiting::persist);
    effects(waiting).forEach(Statistics::collect);
    parts(late, random).forEach(waiting::persist);

    assertSame(waiting, inOneBatch(queue));
    waiting.checkCounts();
    effects(waiting).forEach(effect -> assertThat(effect).isNotEqualTo(Effect.PENDING));
    effects(waiting).forEach(Statistics::collect);
    Statistics.coverage(
        coverage ->
            Stream.of(Effect.values())
                .forEach(effect -> coverage.check(effect).count(count -> count > 0)));
  }

  private static Tables inOneBatch(List<Delivery> queue) {
    Tables tables = new Tables();
    assertThat(tables.persist(queue).rejections()).isEmpty();
    return tables;
  }

  private static List<List<Delivery>> parts(List<Delivery> queue, Random random) {
    List<List<Delivery>> parts = new ArrayList<>();
    for (int from = 0; from < queue.size(); ) {
      int to = Math.min(queue.size(), from + 1 + random.nextInt(12));
      parts.add(queue.subList(from, to));
      from = to;
    }
    return parts;
  }

  private static Stream<Effect> effects(Tables tables) {
    return tables.changes.chats().values().stream()
        .flatMap(chat -> chat.values().stream())
        .map(ChangeTable.Entry::effect);
  }

  private static void assertSame(Tables tables, Tables expected) {
    assertThat(tables.chats).isEqualTo(expected.chats);
    assertThat(tables.messages).isEqualTo(expected.messages);
    assertThat(tables.changes.chats()).isEqualTo(expected.changes.chats());
  }

  /** Queues of gateways: what a job needs was accepted before, and numbers have no gaps. */
  @Provide
  Arbitrary<List<Delivery>> queues() {
    return Combinators.combine(Arbitraries.integers().between(1, 60), Arbitraries.longs())
        .as(
            (size, seed) -> {
              Random random = new Random(seed);
              List<Chat> chats = new ArrayList<>();
              List<Delivery> queue = new ArrayList<>();
              int[] ofApp = new int[2];
              while (queue.size() < size) {
                if (chats.isEmpty() || random.nextInt(12) == 0) {
                  int app = random.nextInt(ofApp.length);
                  Chat chat = new Chat(app, ++ofApp[app]);
                  chats.add(chat);
                  queue.add(Tables.chat(app, chat.number, 0));
                } else {
                  queue.add(chats.get(random.nextInt(chats.size())).next(random));
                }
              }
              return queue;
            });
  }

  /** A chat that gateways write to. */
  private static final class Chat {

    private final int app;
    private final long number;
    private int messages;
    private int changes;

    Chat(int app, long number) {
      this.app = app;
      this.number = number;
    }

    Delivery next(Random random) {
      if (messages == 0 || random.nextInt(2) == 0) {
        messages++;
        return Tables.message(app, number, messages, "m" + messages);
      }
      changes++;
      MessageChange change =
          switch (random.nextInt(6)) {
            case 0 -> new MessageChange.Deletion();
            case 1 -> new MessageChange.Edit(null, true, "{\"e\":" + changes + "}");
            default -> new MessageChange.Edit("e" + changes, false, null);
          };
      Long expected = random.nextInt(4) == 0 ? (Long) (long) random.nextInt(changes) : null;
      return Tables.change(
          app,
          /* chat= */ number,
          /* number= */ changes,
          1 + random.nextInt(messages),
          change,
          expected);
    }
  }
}
