package dev.tally.common.web.field;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tally.common.web.problem.ProblemException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class TextFieldTest {

  @Test
  void lengthIsCountedInCodePoints() {
    assertThat(TextField.APP_NAME.require("🎉".repeat(255))).hasSize(510);
    assertThatThrownBy(() -> TextField.APP_NAME.require("🎉".repeat(256)))
        .isInstanceOf(ProblemException.class)
        .hasMessage("name must be at most 255 characters long.");
    assertThat(TextField.MESSAGE_BODY.require("é".repeat(10_000))).hasSize(10_000);
    assertThatThrownBy(() -> TextField.MESSAGE_BODY.require("é".repeat(10_001)))
        .isInstanceOf(ProblemException.class)
        .hasMessage("body must be at most 10,000 characters long.");
  }

  @Test
  void textIsNotChanged() {
    assertThat(TextField.MESSAGE_BODY.require("  a\n")).isEqualTo("  a\n");
    assertThat(TextField.MESSAGE_BODY.require("e\u0301\u0001\ufffd\uffff\ufeff"))
        .isEqualTo("e\u0301\u0001\ufffd\uffff\ufeff");
  }

  @ParameterizedTest
  @NullSource
  @ValueSource(
      strings = {
        "",
        " ",
        "\t\n",
        "\u2003",
        "a\0",
        "\ud800",
        "a\udc00b",
        "\udc00\ud800",
        "🎉\ud83c"
      })
  void aTextThatCannotBeStoredIsRefused(String text) {
    assertThatThrownBy(() -> TextField.MESSAGE_BODY.require(text))
        .isInstanceOf(ProblemException.class)
        .hasMessageStartingWith("body must not");
  }
}
