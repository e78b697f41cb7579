package dev.tally.common.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tally.common.problem.ProblemException;
import dev.tally.common.problem.ProblemType;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.mock.web.MockHttpServletRequest;

class RequestBodyTest {

  private static final String FORM = "application/x-www-form-urlencoded";

  @Test
  void aFieldIsReadFromJson() {
    assertThat(field("application/json", "{\"x\":1,\"body\":\"h\\u00e9 🎉\"}")).isEqualTo("hé 🎉");
    assertThat(field("application/json;charset=utf-8", "{\"body\":\"a\"}")).isEqualTo("a");
    assertThat(field("application/json", "{\"body\":null}")).isNull();
    assertThat(field("application/json", "{}")).isNull();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "body=a|a",
        "x=y&body=a+b|a b",
        "body=%41|A",
        "body=%F0%9F%8E%89|🎉",
        "body=a%2b%26%3d|a+&=",
        "body=a=b|a=b",
        "bod%79=a|a",
        "body=é|é",
        "&&body=a&|a"
      })
  void aFieldIsReadFromAForm(String form, String expected) {
    assertThat(field(FORM, form)).isEqualTo(expected);
  }

  @Test
  void aFormMayLackTheField() {
    assertThat(field(FORM, "")).isNull();
    assertThat(field(FORM, "other=x")).isNull();
    assertThat(field(FORM, "body")).isEmpty();
    assertThat(field(FORM, "body=")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"body=%", "body=%4", "body=%4g", "body=%FF", "%=x", "body=1&body=2"})
  void aBrokenFormIsMalformed(String form) {
    assertProblem(ProblemType.MALFORMED_REQUEST, FORM, form);
  }

  @Test
  void aBodyWithoutAContentTypeMustBeEmpty() {
    assertThat(field(null, "")).isNull();
    assertProblem(ProblemType.UNSUPPORTED_MEDIA_TYPE, null, "{\"body\":\"x\"}");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "text/plain",
        "nonsense",
        "application/json;charset=latin1",
        "application/json;charset=x"
      })
  void otherTypesAreNotSupported(String type) {
    assertProblem(ProblemType.UNSUPPORTED_MEDIA_TYPE, type, "{\"body\":\"x\"}");
  }

  @Test
  void aBodyIsReadUpToItsBoundAndNoFurther() {
    String largest = "{\"body\":\"" + "x".repeat(RequestBody.MAX_OBJECT_BYTES - 11) + "\"}";

    assertThat(field("application/json", largest)).hasSize(RequestBody.MAX_OBJECT_BYTES - 11);
    assertProblem(ProblemType.BODY_TOO_LARGE, "application/json", largest + " ");
  }

  private static @Nullable String field(@Nullable String type, String body) {
    MockHttpServletRequest request = new MockHttpServletRequest("POST", "/");
    request.setContentType(type);
    request.setContent(body.getBytes(StandardCharsets.UTF_8));
    return RequestBody.field(request, "body");
  }

  private static void assertProblem(ProblemType expected, @Nullable String type, String body) {
    assertThatThrownBy(() -> field(type, body))
        .isInstanceOfSatisfying(
            ProblemException.class, problem -> assertThat(problem.type()).isEqualTo(expected));
  }
}
