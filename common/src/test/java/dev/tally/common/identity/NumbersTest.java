package dev.tally.common.identity;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NumbersTest {

  @Test
  void aNumberHasOneToFifteenDigits() {
    assertThat(Numbers.parse("1")).isEqualTo(1);
    assertThat(Numbers.parse("999999999999999")).isEqualTo(999_999_999_999_999L);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "0",
        "01",
        "-1",
        "+1",
        "1.0",
        "1e3",
        "x",
        " 1",
        "1\n",
        "1000000000000000",
        "99999999999999999999",
        "١"
      })
  void anythingElseIsTheNumberThatNothingHas(String text) {
    assertThat(Numbers.parse(text)).isEqualTo(Numbers.NONE);
  }

  @Test
  void aCountMayBeZero() {
    assertThat(Numbers.count("0")).hasValue(0);
    assertThat(Numbers.count("999999999999999")).hasValue(999_999_999_999_999L);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "-1", "+1", "1.0", "1e3", "x", " 1", "1\n", "1000000000000000", "١"})
  void anythingElseIsNoCount(String text) {
    assertThat(Numbers.count(text)).isEmpty();
  }
}
