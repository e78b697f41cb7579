package dev.tally.common.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.SecureRandom;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AppTokenTest {

  private static final String DIGITS = "0123456789abcdef0123456789abcdef";

  @Test
  void aTokenHas32LowerCaseHexadecimalDigits() {
    assertThat(AppToken.parse(DIGITS)).hasValue(new AppToken(DIGITS));
    assertThat(new AppToken(DIGITS).value()).isEqualTo(DIGITS);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0123456789ABCDEF0123456789abcdef",
        "",
        "ä",
        "0123456789abcdef",
        "0123456789abcdef0123456789abcde",
        "0123456789abcdef0123456789abcdef0",
        "0123456789abcdef0123456789abcdef\n",
        "0123456789abcdef0123456789abcdeg",
        "0123456789abcdef0123456789abcde/",
        "0123456789abcdef0123456789abcde:",
        "0123456789abcdef0123456789abcde`",
        "0123456789abcdef0123456789abcde٣"
      })
  void anythingElseIsNoToken(String text) {
    assertThat(AppToken.parse(text)).isEmpty();
    assertThatThrownBy(() -> new AppToken(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("not a token: 32 lower-case hexadecimal digits");
  }

  @Test
  void aTokenInATextIsMasked() {
    AppToken app = new AppToken(DIGITS);

    assertThat(app + " " + new MessageName(new ChatName(app, 1), 2))
        .contains("01234567…")
        .doesNotContain("012345678");
  }

  @Test
  void tokensAreInTheOrderOfTheirDigits() {
    AppToken low = new AppToken("0".repeat(31) + "9");
    AppToken high = new AppToken("0".repeat(31) + "a");

    assertThat(low).isLessThan(high);
    assertThat(high).isGreaterThan(low).isEqualByComparingTo(new AppToken(high.value()));
  }

  @Test
  void randomTokensDiffer() {
    Set<AppToken> tokens = new HashSet<>();
    SecureRandom random = new SecureRandom();
    for (int i = 0; i < 1_000; i++) {
      tokens.add(AppToken.random(random));
    }

    assertThat(tokens).hasSize(1_000);
  }
}
