package dev.tally.common.web.field;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tally.common.web.problem.ProblemException;
import dev.tally.common.web.problem.ProblemType;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FormFieldsTest {

  @ParameterizedTest
  @CsvSource(
      delimiterString = " -> ",
      value = {
        "body=hi -> hi",
        "body=a+b%20c -> a b c",
        "body=a%2Bb -> a+b",
        "body=%F0%9F%8e%89é -> 🎉é",
        "body=a=b -> a=b",
        "body=%26%3D%25 -> &=%",
        "x=1&body=hi&y=2 -> hi",
        "b%6Fdy=hi -> hi",
        "&&body=hi& -> hi",
        "body=a;b -> a;b",
        "body=\0 -> \0"
      })
  void theFieldIsDecoded(String form, String expected) {
    assertThat(body(form)).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(strings = {"body", "body="})
  void aFieldWithoutATextIsEmpty(String form) {
    assertThat(body(form)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "&", "name=hi", "Body=hi", "=body", "body2=hi"})
  void aFormWithoutTheFieldHasNone(String form) {
    assertThat(body(form)).isNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"body=a&body=b", "body=a&b%6fdy=a", "body&body"})
  void aFieldThatIsGivenTwiceIsRefused(String form) {
    assertRefused(form, "body is given twice.");
  }

  @Test
  void anotherFieldMayBeGivenTwice() {
    assertThat(body("x=1&x=2&body=hi")).isEqualTo("hi");
  }

  @ParameterizedTest
  @ValueSource(strings = {"body=%", "body=%4", "body=%4g", "body=%g4", "%=1", "body=a%%20"})
  void aBrokenPercentSequenceIsRefused(String form) {
    assertRefused(form, "The form has a broken percent sequence.");
  }

  @ParameterizedTest
  @ValueSource(strings = {"body=%ff", "body=%c3", "body=%c3+%a9", "body=%ed%a0%80", "%ff=1"})
  void bytesThatAreNotUtf8AreRefused(String form) {
    assertRefused(form, "The body is not well-formed UTF-8.");
  }

  private static @Nullable String body(String form) {
    FieldReader.Found found =
        new FieldReader(UnknownFields.IGNORE).new Found(Fields.of(TextField.MESSAGE_BODY));
    FormFields.read(form, found);
    return found.texts().get("body");
  }

  private static void assertRefused(String form, String detail) {
    assertThatThrownBy(() -> body(form))
        .isInstanceOfSatisfying(
            ProblemException.class,
            problem -> {
              assertThat(problem.type()).isEqualTo(ProblemType.MALFORMED_REQUEST);
              assertThat(problem.detail()).isEqualTo(detail);
            });
  }
}
