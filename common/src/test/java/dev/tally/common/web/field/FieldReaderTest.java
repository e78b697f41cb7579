package dev.tally.common.web.field;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import dev.tally.common.web.problem.ProblemException;
import dev.tally.common.web.problem.ProblemType;
import dev.tally.common.web.request.RequestBody;
import java.lang.management.ManagementFactory;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.mock.web.MockHttpServletRequest;

class FieldReaderTest {

  private static final Fields KNOWN = Fields.of(TextField.MESSAGE_BODY);
  private static final Fields OBJECT = Fields.of(ObjectField.MESSAGE_METADATA);
  private static final FieldReader READER = new FieldReader(UnknownFields.IGNORE);
  private static final FieldReader STRICT = new FieldReader(UnknownFields.REFUSE);
  private static final String FORM = "application/x-www-form-urlencoded";

  @Test
  void aFieldIsReadFromJson() {
    assertThat(field("application/json", "{\"x\":1,\"body\":\"h\\u00e9 🎉\"}")).isEqualTo("hé 🎉");
    assertThat(field("application/json;charset=utf-8", "{\"body\":\"a\"}")).isEqualTo("a");
    assertThat(field("Application/JSON; Charset=\"UTF-8\"", "{\"body\":\"a\"}")).isEqualTo("a");
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

  @Test
  void anyFormIsReadAsBrowsersWriteIt() {
    Random random = new Random(7);
    for (int i = 0; i < 1_000; i++) {
      StringBuilder text = new StringBuilder();
      for (int j = random.nextInt(20); j >= 0; j--) {
        int codePoint = random.nextInt(random.nextBoolean() ? 128 : Character.MAX_CODE_POINT + 1);
        if (Character.getType(codePoint) != Character.SURROGATE) {
          text.appendCodePoint(codePoint);
        }
      }
      String form = "a=1&body=" + URLEncoder.encode(text.toString(), StandardCharsets.UTF_8);

      assertThat(field(FORM, form)).isEqualTo(text.toString());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "{",
        "{\"body\":\"a\"",
        "{\"body\":\"a\"} x",
        "{\"body\":\"a\"}{\"body\":\"b\"}",
        "{\"body\":\"a\",\"body\":\"b\"}",
        "{\"x\":{\"y\":1,\"y\":2},\"body\":\"a\"}",
        "{\"body\":1}",
        "{\"body\":true}",
        "{\"body\":[\"a\"]}",
        "{\"body\":{}}",
        "[\"body\"]",
        "\"body\"",
        "null",
        "{'body':'a'}",
        "{body:\"a\"}",
        "{\"body\":\"a\",}",
        "{\"body\":\"a\nb\"}",
        "{\"body\":\"\\x\"}",
        "{\"body\":\"a\"} // comment",
        "\ufeff{\"body\":\"a\"}"
      })
  void brokenJsonIsMalformed(String json) {
    assertProblem(ProblemType.MALFORMED_REQUEST, "application/json", json);
  }

  @Test
  void nestingIsBounded() {
    assertThat(field("application/json", nested(100))).isEqualTo("a");
    assertProblem(ProblemType.MALFORMED_REQUEST, "application/json", nested(1_000));
    assertProblem(ProblemType.MALFORMED_REQUEST, "application/json", nested(60_000));
  }

  /** A tree of these values would take thirty times the body's length. */
  @Test
  void valuesThatNobodyNeedsTakeNoMemory() {
    String json = "{\"x\":[" + "[],".repeat(300_000) + "[]],\"body\":\"a\"}";
    ThreadMXBean memory = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    READER.readJson(json, KNOWN);

    long before = memory.getCurrentThreadAllocatedBytes();
    String body = READER.readJson(json, KNOWN).get("body");
    long allocated = memory.getCurrentThreadAllocatedBytes() - before;

    assertThat(body).isEqualTo("a");
    assertThat(allocated).isLessThan(json.length());
  }

  @Test
  void whatIsNoObjectIsNotReadToItsEnd() {
    assertThatThrownBy(() -> READER.readJson("[[],[],broken", KNOWN))
        .isInstanceOf(ProblemException.class)
        .hasMessage("The body is not a JSON object.");
  }

  private static String nested(int depth) {
    return "{\"body\":\"a\",\"x\":" + "[".repeat(depth) + "]".repeat(depth) + "}";
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "application/json|{'body':'a','user_id':7}|user_id",
        "application/json|{'x':[{}],'body':'a','y':1}|x",
        "application/x-www-form-urlencoded|body=a&user_id=7|user_id",
        "application/x-www-form-urlencoded|user%5Fid|user_id"
      })
  void aFieldThatNobodyKnowsIsRefusedByName(String type, String body, String name) {
    byte[] sent = body.replace('\'', '"').getBytes(StandardCharsets.UTF_8);

    assertThatThrownBy(() -> STRICT.read(request(type, sent), KNOWN))
        .isInstanceOfSatisfying(
            ProblemException.class,
            problem -> assertThat(problem.type()).isEqualTo(ProblemType.INVALID_FIELD))
        .hasMessage(name + " is not known here. Leave it out, or send: body.");
    assertThat(READER.read(request(type, sent), KNOWN)).doesNotContainKey(name);
  }

  @Test
  void aLongNameIsCut() {
    String json = "{\"" + "🎉".repeat(10_000) + "\":1}";

    assertThatThrownBy(() -> STRICT.readJson(json, KNOWN))
        .hasMessage("🎉".repeat(64) + "… is not known here. Leave it out, or send: body.");
  }

  @Test
  void whatIsNoJsonIsMalformedWhateverItsFieldsAre() {
    assertThatThrownBy(() -> STRICT.readJson("{\"x\":1,", KNOWN))
        .hasMessage("The body is not well-formed JSON.");
  }

  @Test
  void jsonThatIsSentAsAFormIsToldSo() {
    byte[] json = "{\"body\":\"a\"}".getBytes(StandardCharsets.UTF_8);

    assertThatThrownBy(() -> STRICT.read(request(FORM, json), KNOWN))
        .isInstanceOfSatisfying(
            ProblemException.class,
            problem -> assertThat(problem.type()).isEqualTo(ProblemType.UNSUPPORTED_MEDIA_TYPE))
        .hasMessageContaining("application/json");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{ 'a' : 1 }|{'a':1}",
        "{'a':[1.50,1e9,{}],'b':null}|{'a':[1.50,1e9,{}],'b':null}",
        "{'a':'\\u00e9\\n\\u0000'}|{'a':'é\\n\\u0000'}",
        "{}|{}"
      })
  void anObjectLosesItsSpacesAndNothingElse(String sent, String kept) {
    String object = sent.replace('\'', '"');
    String form = "metadata=" + URLEncoder.encode(object, StandardCharsets.UTF_8);

    assertThat(STRICT.readJson("{\"metadata\": " + object + "}", OBJECT).get("metadata"))
        .isEqualTo(kept.replace('\'', '"'));
    assertThat(STRICT.read(request(FORM, form.getBytes(StandardCharsets.UTF_8)), OBJECT))
        .containsEntry("metadata", kept.replace('\'', '"'));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "x", "[]", "{", "{}x", "{} {}", "{\"a\":1,\"a\":1}"})
  void aFormHasAnObjectOrNone(String text) {
    byte[] form =
        ("metadata=" + URLEncoder.encode(text, StandardCharsets.UTF_8))
            .getBytes(StandardCharsets.UTF_8);

    assertThatThrownBy(() -> STRICT.read(request(FORM, form), OBJECT))
        .hasMessage("metadata is not a JSON object.");
  }

  /** A copy of all of it would take many times its length. */
  @Test
  void anObjectThatIsTooLongIsNotCopied() {
    String json = "{\"metadata\":{\"x\":[" + "[],".repeat(300_000) + "[]]}}";
    ThreadMXBean memory = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    assertTooLong(json);

    long before = memory.getCurrentThreadAllocatedBytes();
    assertTooLong(json);

    assertThat(memory.getCurrentThreadAllocatedBytes() - before).isLessThan(json.length());
  }

  private static void assertTooLong(String json) {
    assertThatThrownBy(() -> STRICT.readJson(json, OBJECT))
        .hasMessage("metadata must be at most 4,096 bytes long.");
  }

  /** The field's rules judge it, so it must reach them. */
  @Test
  void anEscapedSurrogateIsReadAsItWasSent() {
    assertThat(field("application/json", "{\"body\":\"a\\ud800\"}")).isEqualTo("a\ud800");
    assertThat(field("application/json", "{\"body\":\"\\ud83c\\udf89\"}")).isEqualTo("🎉");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ff", // never in UTF-8
        "c080", // NUL in two bytes
        "c3", // ends within a character
        "eda080", // a surrogate
        "f4908080" // beyond U+10FFFF
      })
  void aBodyThatIsNotUtf8IsMalformed(String hex) {
    byte[] body =
        ("body=" + new String(HexFormat.of().parseHex(hex), StandardCharsets.ISO_8859_1))
            .getBytes(StandardCharsets.ISO_8859_1);
    assertThatThrownBy(() -> READER.read(request(FORM, body), KNOWN))
        .isInstanceOf(ProblemException.class)
        .hasMessage("The body is not well-formed UTF-8.");
    assertThatThrownBy(() -> READER.read(request("application/json", body), KNOWN))
        .isInstanceOf(ProblemException.class)
        .hasMessage("The body is not well-formed UTF-8.");
    assertProblem(ProblemType.MALFORMED_REQUEST, FORM, "body=" + hex.replaceAll("..", "%$0"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"body=%", "body=%4", "body=%4g", "body=%g4", "body=%-1", "body=%é0", "%=x"})
  void aBrokenPercentSequenceIsMalformed(String form) {
    assertThatThrownBy(() -> field(FORM, form))
        .isInstanceOf(ProblemException.class)
        .hasMessage("The form has a broken percent sequence.");
  }

  @ParameterizedTest
  @ValueSource(strings = {"body=1&body=2", "body&body", "body=&bod%79="})
  void aFieldGivenTwiceIsMalformed(String form) {
    assertThatThrownBy(() -> field(FORM, form))
        .isInstanceOf(ProblemException.class)
        .hasMessage("body is given twice.");
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
        "",
        "*/*",
        "multipart/form-data; boundary=x",
        "application/problem+json",
        "application/json;charset=utf-16",
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

  /** As with a chunked transfer, the length is only known after reading. */
  @Test
  void aBodyOfUnknownLengthIsBoundedToo() {
    MockHttpServletRequest request =
        new MockHttpServletRequest("POST", "/") {
          @Override
          public long getContentLengthLong() {
            return -1;
          }
        };
    request.setContent(new byte[100]);

    assertThat(RequestBody.text(request, 100)).hasSize(100);

    request.setContent(new byte[101]);
    assertThatThrownBy(() -> RequestBody.text(request, 100))
        .isInstanceOfSatisfying(
            ProblemException.class,
            problem -> assertThat(problem.type()).isEqualTo(ProblemType.BODY_TOO_LARGE));
  }

  private static @Nullable String field(@Nullable String type, String body) {
    return READER.read(request(type, body.getBytes(StandardCharsets.UTF_8)), KNOWN).get("body");
  }

  private static MockHttpServletRequest request(@Nullable String type, byte[] body) {
    MockHttpServletRequest request = new MockHttpServletRequest("POST", "/");
    request.setContentType(type);
    request.setContent(body);
    return request;
  }

  private static void assertProblem(ProblemType expected, @Nullable String type, String body) {
    assertThatThrownBy(() -> field(type, body))
        .isInstanceOfSatisfying(
            ProblemException.class, problem -> assertThat(problem.type()).isEqualTo(expected));
  }
}
