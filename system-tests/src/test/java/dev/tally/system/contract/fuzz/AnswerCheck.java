package dev.tally.system.contract.fuzz;

import static dev.tally.system.contract.fuzz.Texts.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tally.testkit.http.Http;
import dev.tally.testkit.http.Wire;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/** What holds for every answer, whatever was asked. */
final class AnswerCheck {

  private AnswerCheck() {}

  /**
   * Internals that no answer may reveal. No request contains them, so an answer cannot just repeat
   * them.
   */
  private static final Pattern INSIDES =
      Pattern.compile(
          "Exception|\\bat"
              + " \\w+\\.\\w+|(org|com|dev|io)\\.(spring|apache|hibernate|mysql|tally|lettuce)"
              + "|java\\.|jakarta|jackson|tomcat|coyote|\\bSQL|SELECT|INSERT|jdbc|/tmp/|/root/|/home/|\\.java|\\.lua|redis:",
          Pattern.CASE_INSENSITIVE);

  /**
   * Fails if the answer is a server error, reveals internals, or is an error that is not a problem
   * document.
   */
  static void check(Wire.Answer answer) {
    assertThat(answer.headers()).doesNotContainKeys("server", "x-powered-by");
    assertThat(answer.headers().toString() + answer.body()).doesNotContainPattern(INSIDES);
    if (answer.status() == 0) {
      // An HTTP/0.9 answer is the page of the console or JSON.
      assertThat(answer.body().startsWith("<!doctype html>") || !json(answer.body()).isEmpty())
          .as(answer.body())
          .isTrue();
      return;
    }
    if ((answer.status() == 501 || answer.status() == 505)
        && answer.headers().containsKey("allow")) {
      // Tomcat itself answers OPTIONS * with an unknown version or coding. No filter sees it.
      assertThat(answer.body()).isEmpty();
      return;
    }
    // A 304 means that the page of the console has not changed.
    assertThat(answer.status() == 304 ? 2 : answer.status() / 100).as(answer.toString()).isIn(2, 4);
    if (answer.status() < 400) {
      return;
    }
    if (!answer.body().isEmpty()) {
      assertThat(answer.headers()).containsEntry("content-type", "application/problem+json");
      JsonNode problem = Http.JSON.readTree(answer.body().getBytes(StandardCharsets.ISO_8859_1));
      assertThat(problem.path("status").asInt()).isEqualTo(answer.status());
      assertThat(problem.path("type").asString()).startsWith("urn:tally:problem:");
      for (String member : new String[] {"title", "detail", "error"}) {
        assertThat(problem.path(member).asString()).as(member).isNotBlank();
      }
    }
  }
}
