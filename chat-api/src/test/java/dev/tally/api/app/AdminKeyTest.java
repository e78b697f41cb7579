package dev.tally.api.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tally.common.web.problem.ProblemException;
import dev.tally.common.web.problem.ProblemType;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.mock.web.MockHttpServletRequest;

class AdminKeyTest {

  private static final String KEY = "correct-horse-17";

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Bearer " + KEY,
        "bearer " + KEY,
        "BEARER " + KEY,
        "Bearer   " + KEY,
        "Bearer " + KEY + " \t"
      })
  void theKeyPasses(String authorization) {
    assertThatCode(() -> require(KEY, authorization)).doesNotThrowAnyException();
  }

  @ParameterizedTest
  @NullSource
  @ValueSource(
      strings = {
        "",
        "Bearer",
        "Bearer ",
        KEY,
        "       " + KEY,
        "Basic  " + KEY,
        "Bearer" + KEY,
        "Bearer\t" + KEY,
        " Bearer " + KEY,
        "Bearer x" + KEY,
        "Bearer " + KEY + "x",
        "Bearer correct-horse-1",
        "Bearer correct-horse-18",
        "Bearer CORRECT-HORSE-17"
      })
  void anythingElseIsUnauthorized(@Nullable String authorization) {
    assertThatThrownBy(() -> require(KEY, authorization))
        .isInstanceOfSatisfying(
            ProblemException.class,
            problem -> assertThat(problem.type()).isEqualTo(ProblemType.UNAUTHORIZED))
        .hasMessageContaining("Authorization: Bearer <key>");
  }

  @ParameterizedTest
  @NullSource
  @ValueSource(strings = {"", "Bearer ", "Bearer x", "Basic x"})
  void withoutAKeyEveryRequestPasses(@Nullable String authorization) {
    assertThatCode(() -> require("", authorization)).doesNotThrowAnyException();
  }

  @ParameterizedTest
  @ValueSource(strings = {"!234567890123456", "~234567890123456", "!~!~!~!~!~!~!~!~!"})
  void sixteenPrintableCharactersAreAKey(String key) {
    assertThatCode(() -> require(key, "Bearer " + key)).doesNotThrowAnyException();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "123456789012345",
        " ",
        "1234567890 123456",
        "1234567890123456 ",
        "1234567890\t123456",
        "1234567890123456\u007f",
        "1234567890123456ä"
      })
  void anyOtherKeyIsRefusedWithoutBeingQuoted(String key) {
    assertThatThrownBy(() -> new AdminKey(new AppProperties(key, 0)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("TALLY_ADMIN_KEY must be at least 16 printable ASCII characters")
        .hasMessageContaining("openssl rand -hex 24")
        .hasMessageNotContaining("1234567");
  }

  @Test
  void theSettingsDoNotPrintTheKey() {
    assertThat(new AppProperties(KEY, 5).toString()).contains("5").doesNotContain(KEY);
  }

  private static void require(String key, @Nullable String authorization) {
    MockHttpServletRequest request = new MockHttpServletRequest();
    if (authorization != null) {
      request.addHeader("Authorization", authorization);
    }
    new AdminKey(new AppProperties(key, 0)).require(request);
  }
}
