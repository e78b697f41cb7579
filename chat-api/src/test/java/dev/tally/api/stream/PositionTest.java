package dev.tally.api.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tally.common.web.problem.ProblemException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PositionTest {

  private static final long HIGHEST = 999_999_999_999_999L;

  @Test
  void aNumberIsAPositionWithoutChanges() {
    assertThat(Position.parse("after", "5")).isEqualTo(Position.of(5));
    assertThat(Position.parse("after", "0")).isEqualTo(Position.of(0));
    assertThat(Position.of(5).hasChanges()).isFalse();
    assertThat(Position.of(5).id()).isEqualTo("5");
  }

  @Test
  void twoNumbersAreAPositionWithChanges() {
    assertThat(Position.parse("after", "5.17")).isEqualTo(new Position(5, 17L));
    assertThat(Position.parse("after", "0.0")).isEqualTo(new Position(0, 0L));
    assertThat(Position.parse("after", HIGHEST + "." + HIGHEST))
        .isEqualTo(new Position(HIGHEST, HIGHEST));
    assertThat(new Position(5, 0L).hasChanges()).isTrue();
    assertThat(new Position(5, 17L).id()).isEqualTo("5.17");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        ".",
        "5.",
        ".17",
        "5.17.",
        "5.1.7",
        "5.x",
        "x.5",
        "5.-1",
        "-5.1",
        "05.1",
        "5.01",
        "5. 1",
        "5.1e3",
        "5,17.1",
        "1000000000000000.1",
        "1.1000000000000000",
        "5..17"
      })
  void otherTextWithADotIsRefused(String text) {
    assertThatThrownBy(() -> Position.parse("Last-Event-ID", text))
        .isInstanceOf(ProblemException.class)
        .hasMessageContaining(
            "Last-Event-ID must be a number, or two with a dot between them, like 5.17.");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "x", "-1", "1e3", "1000000000000000"})
  void otherTextWithoutADotIsRefusedAsInOtherLists(String text) {
    assertThatThrownBy(() -> Position.parse("after", text))
        .isInstanceOf(ProblemException.class)
        .hasMessageContaining("after must be a number.");
  }

  @ParameterizedTest
  @CsvSource({
    "5, , false",
    "5.17, , true",
    "5, true, true",
    "5.17, true, true",
    "5, false, false",
    "5.17, false, false"
  })
  void theParameterDecidesAndThePositionWithoutIt(
      String position, String parameter, boolean wanted) {
    assertThat(Position.parse("after", position).wantsChanges(parameter)).isEqualTo(wanted);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "1", "yes", "TRUE", "true,true", " true"})
  void anotherParameterIsRefused(String parameter) {
    assertThatThrownBy(() -> Position.of(5).wantsChanges(parameter))
        .isInstanceOf(ProblemException.class)
        .hasMessageContaining("changes must be true or false");
  }

  @Test
  void aPositionLacksWhatComesAfterIt() {
    Position position = new Position(5, 17L);

    assertThat(position.isBeforeMessage(5)).isFalse();
    assertThat(position.isBeforeMessage(6)).isTrue();
    assertThat(position.isBeforeChange(17)).isFalse();
    assertThat(position.isBeforeChange(18)).isTrue();
    assertThat(Position.of(5).isBeforeChange(18)).isFalse();
    assertThat(position.atMessage(6)).isEqualTo(new Position(6, 17L));
    assertThat(position.atChange(18)).isEqualTo(new Position(5, 18L));
    assertThat(position.withoutChanges()).isEqualTo(Position.of(5));
  }
}
