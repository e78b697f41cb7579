package dev.tally.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OptionsTest {

  @Test
  void optionsStandAnywhereAmongTheSections() {
    assertThat(parse("accept --against v1 drain --pairs 18 --limit 1.05 --quick"))
        .isEqualTo(
            new Options(
                true, Optional.of("v1"), 18, OptionalDouble.of(1.05), List.of("accept", "drain")));
  }

  @Test
  void pairsHaveADefault() {
    assertThat(parse("--against v1").pairs()).isEqualTo(21);
    assertThat(parse("--against v1 --quick").pairs()).isEqualTo(16);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--fast",
        "--against",
        "--against v1 --pairs",
        "--pairs 18",
        "--limit 2",
        "--against v1 --pairs 15",
        "--against v1 --limit x"
      })
  void wrongOptionsAreRejected(String line) {
    assertThatIllegalArgumentException().isThrownBy(() -> parse(line));
  }

  @Test
  void unknownSectionsAreRejected() {
    Options options = parse("accept drian");

    assertThatIllegalArgumentException()
        .isThrownBy(() -> options.requireSections(List.of("accept", "drain")))
        .withMessageContaining("drian");
    options.requireSections(List.of("accept", "drian"));
  }

  private static Options parse(String line) {
    return Options.parse(line.split(" ", -1));
  }
}
