package dev.tally.system.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tally.common.startup.InvalidSettingException;
import dev.tally.system.RunningTally;
import dev.tally.testkit.http.Http;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.context.ConfigurableApplicationContext;
import tools.jackson.databind.JsonNode;

/** The page that shows all routes, and the OpenAPI documents that it reads. */
class DocsIT {

  private final RunningTally running = RunningTally.shared();

  @Test
  void thePageLoadsOnlyFilesOfThisService() {
    Http.Answer page = Http.get(running.api() + "/docs", "Accept", "text/html,*/*").is(200);
    assertThat(page.header("Content-Type").orElse("")).startsWith("text/html");

    List<String> files = new ArrayList<>();
    Matcher matcher = Pattern.compile("(?:src|href)=\"([^\"]*)\"").matcher(page.response().body());
    while (matcher.find()) {
      files.add(matcher.group(1));
    }

    assertThat(files).hasSizeGreaterThan(6).allMatch(file -> file.startsWith("/"));
    for (String file : files) {
      Http.Answer answer = Http.get(running.api() + file).is(200);
      assertThat(answer.response().body()).as(file).isNotBlank();
      assertThat(answer.header("Content-Security-Policy").orElse(""))
          .startsWith("default-src 'none'");
      assertThat(answer.header("X-Content-Type-Options")).hasValue("nosniff");
    }
    assertThat(Http.get(running.api() + "/docs/docs.js").response().body())
        .contains("/openapi.json", "/docs/chat-gateway.json")
        .doesNotContain("http:", "https:");
  }

  /** Their files have two megabytes. */
  @ParameterizedTest
  @ValueSource(
      strings = {"swagger-ui-bundle.js", "swagger-ui-standalone-preset.js", "swagger-ui.css"})
  void aBrowserLoadsFilesOnceAndCompressed(String file) {
    String url = running.api() + "/docs/" + file;
    Http.Answer answer = Http.get(url, "Accept-Encoding", "gzip").is(200);
    assertThat(answer.header("Content-Encoding")).hasValue("gzip");
    assertThat(answer.header("Vary").orElse("")).containsIgnoringCase("accept-encoding");
    assertThat(answer.response().headers().allValues("Cache-Control"))
        .containsExactly("max-age=3600, public");

    String tag = answer.header("ETag").orElseThrow();
    Http.Answer again = Http.get(url, "Accept-Encoding", "gzip", "If-None-Match", tag).is(304);
    assertThat(again.response().body()).isEmpty();
    assertThat(Http.get(url).is(200).header("Content-Encoding")).isEmpty();
  }

  @Test
  void thePolicyAllowsOnlyThePagesOwnFilesAndBothServices() {
    try (ConfigurableApplicationContext api =
        running.startApi("--TALLY_GATEWAY_URL=https://write.example.com:8443/tally/")) {
      Http.Answer page = Http.get(RunningTally.url(api) + "/docs").is(200);

      assertThat(page.response().headers().allValues("Content-Security-Policy"))
          .containsExactly(
              "default-src 'none'; script-src 'self';"
                  + " style-src 'self' 'sha256-RL3ie0nH+Lzz2YNqQN83mnU0J1ot4QL7b99vMdIX99w=';"
                  + " img-src 'self' data:;"
                  + " connect-src 'self' https://write.example.com:8443; base-uri 'none';"
                  + " form-action 'none'; frame-ancestors 'none'");
      JsonNode document =
          Http.get(RunningTally.url(api) + "/docs/chat-gateway.json").is(200).json();
      assertThat(document.path("servers").path(0).path("url").asString())
          .isEqualTo("https://write.example.com:8443/tally");
      assertThat(document.path("paths"))
          .isEqualTo(Http.get(running.gateway() + "/openapi.json").is(200).json().path("paths"));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"write.example.com", "https:///path", "https://x; script-src *", "javascript:x"})
  void anInvalidGatewayUrlIsRefusedAtStart(String url) {
    assertThatThrownBy(() -> running.startApi("--TALLY_GATEWAY_URL=" + url).close())
        .isInstanceOf(InvalidSettingException.class)
        .hasMessageStartingWith("TALLY_GATEWAY_URL must be an http or https URL");
  }

  @Test
  void missingFilesAndOtherMethodsAreProblems() {
    Http.get(running.api() + "/docs/nothing.js").isProblem(404, "no-such-route", "No such route");
    Http.get(running.api() + "/docs/index.html").isProblem(404, "no-such-route", "No such route");
    Http.get(running.api() + "/docs/").isProblem(404, "no-such-route", "No such route");
    Http.get(running.gateway() + "/docs").isProblem(404, "no-such-route", "No such route");
    Http.post(running.api() + "/openapi.json")
        .isProblem(405, "method-not-allowed", "Method not allowed");
    Http.post(running.gateway() + "/openapi.json")
        .isProblem(405, "method-not-allowed", "Method not allowed");
  }
}
