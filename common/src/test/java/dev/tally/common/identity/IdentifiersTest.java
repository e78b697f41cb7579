package dev.tally.common.identity;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IdentifiersTest {

  @Test
  void aNumberHasOneToFifteenDigits() {
    assertThat(Identifiers.number("1")).hasValue(1);
    assertThat(Identifiers.number("999999999999999")).hasValue(999_999_999_999_999L);
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
        "١"
      })
  void anythingElseIsNoNumber(String part) {
    assertThat(Identifiers.number(part)).isEmpty();
  }

  @Test
  void aTokenHas32LowerCaseHexadecimalDigits() {
    assertThat(Identifiers.isToken("0123456789abcdef0123456789abcdef")).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0123456789ABCDEF0123456789abcdef",
        "",
        "0123456789abcdef",
        "0123456789abcdef0123456789abcde",
        "0123456789abcdef0123456789abcdef0",
        "0123456789abcdef0123456789abcdef\n",
        "0123456789abcdef0123456789abcdeg"
      })
  void anythingElseIsNoToken(String part) {
    assertThat(Identifiers.isToken(part)).isFalse();
  }
}
