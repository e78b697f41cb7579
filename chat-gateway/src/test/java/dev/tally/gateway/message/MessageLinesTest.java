package dev.tally.gateway.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tally.common.queue.MessageContent;
import dev.tally.common.web.field.FieldReader;
import dev.tally.common.web.field.UnknownFields;
import dev.tally.common.web.problem.ProblemException;
import dev.tally.common.web.problem.ProblemType;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class MessageLinesTest {

  private static final MessageLines LINES = new MessageLines(new FieldReader(UnknownFields.REFUSE));

  private static final String HI = "{\"body\":\"hi\"}";

  @Test
  void eachLineIsAMessage() {
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
        "Line 2: user_id is not known here. Leave it out, or send: author, body, metadata, reply_to.");
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
    assertThat(MessageLines.MEDIA_TYPE).hasToString("application/x-ndjson");
    assertThat(MessageLines.MAX_BYTES).isEqualTo(1024 * 1024);
  }

  private static List<String> bodies(String text) {
    return LINES.read(text).stream().map(MessageContent::body).toList();
  }

  private static String lines(int count) {
    return String.join("\n", Collections.nCopies(count, HI));
  }

  private static void assertProblem(String text, ProblemType type, String detail) {
    assertThatThrownBy(() -> LINES.read(text))
        .isInstanceOfSatisfying(
            ProblemException.class,
            problem -> {
              assertThat(problem.type()).isEqualTo(type);
              assertThat(problem.detail()).isEqualTo(detail);
            });
  }
}
