package dev.tally.worker.indexer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tally.common.identity.ChatKey;
import dev.tally.common.identity.MessageKey;
import dev.tally.common.identity.NumberRange;
import dev.tally.worker.outbox.SearchOutbox;
import dev.tally.worker.outbox.Settlement;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class PortionTest {

  private static final ChatKey CHAT = new ChatKey(7, 1);

  @Test
  void rowsAreTakenWholeWhileTheyFit() {
    List<SearchOutbox.Row> rows = List.of(row(1, 1, 3), row(2, 8, 8));

    assertThat(numbers(Portion.choose(rows, 5)))
        .containsExactly(new NumberRange(1, 3), new NumberRange(8, 8));
    assertThat(numbers(Portion.choose(rows, 4)))
        .containsExactly(new NumberRange(1, 3), new NumberRange(8, 8));
  }

  @Test
  void theRowThatReachesTheLimitIsCut() {
    List<SearchOutbox.Row> rows = List.of(row(1, 1, 3), row(2, 8, 20), row(3, 30, 30));

    assertThat(numbers(Portion.choose(rows, 5)))
        .containsExactly(new NumberRange(1, 3), new NumberRange(8, 9));
    assertThat(numbers(Portion.choose(rows, 3))).containsExactly(new NumberRange(1, 3));
  }

  @Test
  void aRowIsDoneWhenEverythingIsTaken() {
    Portion portion = whole(row(1, 4, 6));

    assertThat(portion.settle(Set.of()).left()).isEmpty();
    assertThat(portion.settle(Set.of(key(3), key(7), new MessageKey(new ChatKey(7, 2), 5))).left())
        .as("other messages")
        .isEmpty();
  }

  @Test
  void whatIsNotTakenIsPutOffAlone() {
    Portion portion = whole(row(1, 1, 9));

    List<Settlement.Left> left = portion.settle(Set.of(key(1), key(4), key(5), key(9))).left();

    assertThat(left)
        .extracting(Settlement.Left::numbers)
        .containsExactly(new NumberRange(1, 1), new NumberRange(4, 5), new NumberRange(9, 9));
    assertThat(left).allSatisfy(part -> assertThat(part.attempts()).isEqualTo(3));
    assertThat(left)
        .allSatisfy(part -> assertThat(part.delay()).isGreaterThanOrEqualTo(Duration.ofSeconds(2)));
  }

  @Test
  void whatTheLimitCutOffIsDueAtOnce() {
    Portion portion = Portion.choose(List.of(row(1, 1, 9)), 4).getFirst();

    List<Settlement.Left> left = portion.settle(Set.of(key(4), key(5))).left();

    assertThat(left)
        .extracting(Settlement.Left::numbers)
        .containsExactly(new NumberRange(4, 4), new NumberRange(5, 9));
    assertThat(left.getLast())
        .isEqualTo(new Settlement.Left(new NumberRange(5, 9), 2, Duration.ZERO));
  }

  @Test
  void aDelayGrowsUpToABound() {
    SearchOutbox.Row tried = new SearchOutbox.Row(1, row(1, 1, 1).range(), 1_000);

    Duration delay = whole(tried).settle(Set.of(key(1))).left().getFirst().delay();

    assertThat(delay).isBetween(Duration.ofSeconds(30), Duration.ofMillis(37_500));
  }

  @Property
  void everyMessageIsTakenOrLeft(
      @ForAll @LongRange(min = 1, max = 40) long first,
      @ForAll @IntRange(min = 1, max = 40) int size,
      @ForAll @IntRange(min = 1, max = 50) int limit,
      @ForAll @Size(max = 20) Set<@LongRange(min = 1, max = 90) Long> notTaken) {
    SearchOutbox.Row row = row(1, first, first + size - 1);
    Portion portion = Portion.choose(List.of(row), limit).getFirst();
    Set<MessageKey> keys =
        notTaken.stream().map(PortionTest::key).collect(Collectors.toCollection(HashSet::new));

    List<Settlement.Left> left = portion.settle(keys).left();

    Stream<Long> cutOff =
        LongStream.rangeClosed(portion.numbers().last() + 1, first + size - 1).boxed();
    Stream<Long> putOff =
        LongStream.rangeClosed(first, portion.numbers().last()).boxed().filter(notTaken::contains);
    assertThat(portion.numbers().size()).isEqualTo(Math.min(size, limit));
    assertThat(left.stream().flatMap(part -> each(part.numbers())))
        .containsExactlyElementsOf(Stream.concat(putOff, cutOff).toList());
    assertThat(left).hasSizeLessThanOrEqualTo(notTaken.size() + 1);
  }

  private static Stream<Long> each(NumberRange numbers) {
    return LongStream.rangeClosed(numbers.first(), numbers.last()).boxed();
  }

  private static Portion whole(SearchOutbox.Row row) {
    return new Portion(row, row.range().numbers());
  }

  /** A row that has been tried twice. */
  private static SearchOutbox.Row row(long id, long first, long last) {
    return new SearchOutbox.Row(
        id, new SearchOutbox.Range(3, CHAT, new NumberRange(first, last)), 2);
  }

  private static MessageKey key(long number) {
    return new MessageKey(CHAT, number);
  }

  private static List<NumberRange> numbers(List<Portion> portions) {
    return portions.stream().map(Portion::numbers).toList();
  }
}
