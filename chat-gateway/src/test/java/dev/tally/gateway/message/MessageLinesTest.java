package dev.tally.gateway.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tally.common.web.problem.ProblemException;
import dev.tally.common.web.problem.ProblemType;
import java.util.Collections;
import org.junit.jupiter.api.Test;

class MessageLinesTest {

  private static final String HI = "{\"body\":\"hi\"}";

  @Test
  void eachLineIsAMessage() {
    assertThat(MessageLines.bodies("{\"body\":\"a\"}\n{\"body\":\"b\\nc\"}\n"))
        .containsExactly("a", "b\nc");
  }

  @Test
  void theLastLineNeedsNoEnd() {
    assertThat(MessageLines.bodies(HI)).containsExactly("hi");
    assertThat(MessageLines.bodies(HI + "\n" + HI)).containsExactly("hi", "hi");
  }

  @Test
  void linesMayEndWithCarriageReturnAndLineFeed() {
    assertThat(MessageLines.bodies(HI + "\r\n" + HI + "\r\n")).containsExactly("hi", "hi");
  }

  @Test
  void anEmptyBatchIsRefused() {
    assertProblem("", ProblemType.MALFORMED_REQUEST, "The batch has no lines.");
  }

  @Test
  void theProblemNamesTheLine() {
    assertProblem(
        HI + "\n{\"body\":\" \"}\n", ProblemType.INVALID_FIELD, "Line 2: body must not be blank.");
    assertProblem(HI + "\n{}\n", ProblemType.INVALID_FIELD, "Line 2: body must not be blank.");
    assertProblem(
        HI + "\n\n" + HI, ProblemType.MALFORMED_REQUEST, "Line 2: The body is not a JSON object.");
    assertProblem(
        HI + HI, ProblemType.MALFORMED_REQUEST, "Line 1: The body is not well-formed JSON.");
  }

  @Test
  void aBatchHasAtMostAThousandLines() {
    assertThat(MessageLines.bodies(lines(1000))).hasSize(1000);
    assertProblem(lines(1001), ProblemType.BODY_TOO_LARGE, "A batch may have at most 1,000 lines.");
  }

  @Test
  void theContractNamesTheMediaTypeAndTheLargestBatch() {
    assertThat(MessageLines.MEDIA_TYPE).hasToString("application/x-ndjson");
    assertThat(MessageLines.MAX_BYTES).isEqualTo(1024 * 1024);
  }

  private static String lines(int count) {
    return String.join("\n", Collections.nCopies(count, HI));
  }

  private static void assertProblem(String text, ProblemType type, String detail) {
    assertThatThrownBy(() -> MessageLines.bodies(text))
        .isInstanceOfSatisfying(
            ProblemException.class,
            problem -> {
              assertThat(problem.type()).isEqualTo(type);
              assertThat(problem.detail()).isEqualTo(detail);
            });
  }
}
