package dev.tally.worker.numbers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tally.common.accept.counter.Parent;
import dev.tally.common.identity.AppToken;
import dev.tally.common.identity.ChatName;
import dev.tally.common.identity.NumberRange;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class MissingNumbersTest {

  private static final AppToken TOKEN = new AppToken("0123456789abcdef0123456789abcdef");
  private static final Parent APP = new Parent.App(TOKEN);
  private static final Parent CHAT = new Parent.Chat(new ChatName(TOKEN, 4));

  /** A negative step removes all above a number, any other one removes a number. */
  @Property(tries = 500)
  void whatIsLeftIsWhatASetHasLeft(
      @ForAll @Size(max = 30) List<@IntRange(min = -45, max = 45) Integer> steps) {
    MissingNumbers numbers = new MissingNumbers();
    numbers.add(APP, new NumberRange(3, 20));
    numbers.add(APP, new NumberRange(30, 40));
    numbers.add(CHAT, new NumberRange(1, 1));
    SortedSet<Long> model = new TreeSet<>();
    numbers.forEach(
        (parent, range) -> {
          if (parent.equals(APP)) {
            addAll(range, model);
          }
        });

    for (int step : steps) {
      if (step < 0) {
        numbers.removeAbove(APP, -step);
        model.tailSet(1L - step).clear();
      } else {
        numbers.remove(APP, step);
        model.remove((long) step);
      }
    }

    SortedSet<Long> left = new TreeSet<>();
    List<NumberRange> ranges = new ArrayList<>();
    numbers.forEach(
        (parent, range) -> {
          ranges.add(range);
          if (parent.equals(APP)) {
            addAll(range, left);
          }
        });
    assertThat(left).isEqualTo(model);
    assertThat(numbers.count()).isEqualTo(ranges.size());
    assertThat(numbers.parents().contains(APP)).isEqualTo(!model.isEmpty());
    if (!model.isEmpty()) {
      assertThat(numbers.span(APP)).isEqualTo(new NumberRange(model.first(), model.last()));
    }
  }

  @Test
  void nothingIsLeftAfterTheLastNumber() {
    MissingNumbers numbers = new MissingNumbers();
    numbers.add(CHAT, new NumberRange(1, 2));

    numbers.remove(CHAT, 2);
    numbers.remove(CHAT, 1);

    assertThat(numbers.isEmpty()).isTrue();
    assertThat(numbers.count()).isZero();
    assertThat(numbers.apps()).isEmpty();
  }

  @Test
  void childrenAreNamed() {
    assertThat(APP.children(new NumberRange(3, 3))).isEqualTo("chat 3");
    assertThat(CHAT.children(new NumberRange(3, 5))).isEqualTo("messages 3 to 5");
    assertThat(CHAT.name()).isEqualTo("app 0123456789abcdef0123456789abcdef chat 4");
  }

  private static void addAll(NumberRange range, SortedSet<Long> numbers) {
    for (long number = range.first(); number <= range.last(); number++) {
      numbers.add(number);
    }
  }
}
