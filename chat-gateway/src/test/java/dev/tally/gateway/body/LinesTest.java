package dev.tally.gateway.body;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tally.common.web.field.FieldReader;
import dev.tally.common.web.field.Fields;
import dev.tally.common.web.field.TextField;
import dev.tally.common.web.field.UnknownFields;
import dev.tally.common.web.problem.ProblemException;
import dev.tally.common.web.problem.ProblemType;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.http.MediaType;

class LinesTest {

  private static final FieldReader FIELDS = new FieldReader(UnknownFields.REFUSE);

  private static final String HI = "{\"body\":\"hi\"}";

  @Test
  void eachLineIsAWrite() {
    assertThat(bodies("{\"body\":\"a\"}\n{\"body\":\"b\\nc\"}\n")).containsExactly("a", "b\nc");
  }

  @Test
  void theLastLineNeedsNoEnd() {
    assertThat(bodies(HI)).containsExactly("hi");
    assertThat(bodies(HI + "\n" + HI)).containsExactly("hi", "hi");
  }

  @Test
  void linesMayEndWithCarriageReturnAndLineFeed() {
    assertThat(bodies(HI + "\r\n" + HI + "\r\n")).containsExactly("hi", "hi");
  }

  @Test
  void anEmptyBatchIsRefused() {
    assertProblem("", ProblemType.MALFORMED_REQUEST, "The batch has no lines.");
  }

  @Test
  void theProblemNamesTheLine() {
    assertProblem(
        HI + "\n{\"body\":\" \"}\n", ProblemType.INVALID_FIELD, "Line 2: body must not be blank.");
    assertProblem(
        HI + "\n{\"body\":\"hi\",\"user_id\":7}\n",
        ProblemType.INVALID_FIELD,
        "Line 2: user_id is not known here. Leave it out, or send: body.");
    assertProblem(HI + "\n{}\n", ProblemType.INVALID_FIELD, "Line 2: body must not be blank.");
    assertProblem(
        HI + "\n\n" + HI, ProblemType.MALFORMED_REQUEST, "Line 2: The body is not a JSON object.");
    assertProblem(
        HI + HI, ProblemType.MALFORMED_REQUEST, "Line 1: The body is not well-formed JSON.");
  }

  @Test
  void aBatchHasAtMostAThousandLines() {
    assertThat(bodies(lines(1000))).hasSize(1000);
    assertProblem(lines(1001), ProblemType.BODY_TOO_LARGE, "A batch may have at most 1,000 lines.");
  }

  @Test
  void theContractNamesTheMediaTypeAndTheLargestBatch() {
    assertThat(Lines.MEDIA_TYPE).hasToString("application/x-ndjson");
    assertThat(Lines.areIn(MediaType.parseMediaType("application/x-ndjson;charset=utf-8")))
        .isTrue();
    assertThat(Lines.areIn(MediaType.APPLICATION_JSON)).isFalse();
    assertThat(Lines.areIn(null)).isFalse();
    assertThat(Lines.MAX_BYTES).isEqualTo(1024 * 1024);
  }

  private static List<String> bodies(String text) {
    return Lines.read(text, LinesTest::body);
  }

  private static String body(String line) {
    Map<String, String> fields = FIELDS.readJson(line, Fields.of(TextField.MESSAGE_BODY));
    return TextField.MESSAGE_BODY.require(fields.get(TextField.MESSAGE_BODY.name()));
  }

  private static String lines(int count) {
    return String.join("\n", Collections.nCopies(count, HI));
  }

  private static void assertProblem(String text, ProblemType type, String detail) {
    assertThatThrownBy(() -> bodies(text))
        .isInstanceOfSatisfying(
            ProblemException.class,
            problem -> {
              assertThat(problem.type()).isEqualTo(type);
              assertThat(problem.detail()).isEqualTo(detail);
            });
  }
}
