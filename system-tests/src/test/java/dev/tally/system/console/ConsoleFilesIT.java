package dev.tally.system.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tally.common.startup.InvalidSettingException;
import dev.tally.system.RunningTally;
import dev.tally.system.TallyClient;
import dev.tally.testkit.http.Http;
import java.net.URI;
import java.net.http.HttpRequest;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * The files and headers of the console, and the requests that pages of other origins may send to
 * the gateway.
 */
class ConsoleFilesIT {

  private static final String ORIGIN = "https://console.example";

  private static RunningTally running;
  private static TallyClient tally;

  @BeforeAll
  static void start() {
    running = RunningTally.shared();
    tally = TallyClient.of(running);
  }

  @Test
  void thePolicyOfThePageAllowsOnlyTheGateway() {
    try (ConfigurableApplicationContext api =
        running.startApi("--TALLY_GATEWAY_URL=https://gateway.example:8443/chat/")) {
      Http.Answer page = Http.get(RunningTally.url(api) + "/").is(200);

      assertThat(page.header("Content-Type")).hasValue("text/html;charset=UTF-8");
      assertThat(page.response().headers().allValues("Content-Security-Policy"))
          .containsExactly(
              "default-src 'self'; connect-src 'self' https://gateway.example:8443; object-src"
                  + " 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none';"
                  + " require-trusted-types-for 'script'");
      assertThat(page.response().headers().allValues("Cache-Control")).containsExactly("no-cache");
      assertThat(page.header("X-Content-Type-Options")).hasValue("nosniff");
      assertThat(page.response().body())
          .contains("content=\"https://gateway.example:8443/chat\"")
          .doesNotContain("{{")
          .doesNotContain("style=")
          .doesNotContainPattern("<script(?![^>]*src=)");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"x", "ftp://gateway", "javascript:alert(1)", "http://"})
  void anInvalidGatewayUrlIsRefusedAtStart(String url) {
    assertThatThrownBy(() -> running.startApi("--TALLY_GATEWAY_URL=" + url).close())
        .isInstanceOf(InvalidSettingException.class)
        .hasMessageStartingWith("TALLY_GATEWAY_URL must be an http or https URL");
  }

  @Test
  void everyFileThatThePageNeedsComesFromThisService() {
    Map<String, String> types =
        Map.of("js", "text/javascript", "css", "text/css", "svg", "image/svg+xml");
    Pattern reference =
        Pattern.compile("(?:src|href)=\"(/[^\"]+)\"|from '(\\./[^']+)'|url\\(([^)]+)\\)");
    Deque<String> open = new ArrayDeque<>(List.of("/"));
    Set<String> seen = new HashSet<>(open);
    while (!open.isEmpty()) {
      String path = open.pop();
      Http.Answer file = Http.get(tally.api() + path).is(200);
      String ending = path.substring(path.lastIndexOf('.') + 1);
      if (types.containsKey(ending)) {
        assertThat(file.header("Content-Type").orElse("")).startsWith(types.get(ending));
      }
      Matcher matcher = reference.matcher(file.response().body());
      while (matcher.find()) {
        String target =
            matcher.group(1) != null
                ? matcher.group(1)
                : URI.create(path).resolve(matcher.group(2)).toString();
        if (seen.add(target)) {
          open.push(target);
        }
      }
    }
    assertThat(seen).hasSizeGreaterThan(12).allMatch(path -> path.startsWith("/"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"/", "/console/main.js", "/console/console.css", "/console/icon.svg"})
  void anUnchangedFileIsNotSentAgain(String path) {
    Http.Answer file = Http.get(tally.api() + path).is(200);

    Http.Answer again =
        Http.get(tally.api() + path, "If-None-Match", file.header("ETag").orElseThrow());
    Http.Answer changed = Http.get(tally.api() + path, "If-None-Match", "\"another\"");

    assertThat(again.is(304).response().body()).isEmpty();
    assertThat(changed.is(200).response().body()).isEqualTo(file.response().body());
    for (Http.Answer answer : List.of(file, again)) {
      assertThat(answer.response().headers().allValues("Cache-Control"))
          .containsExactly("no-cache");
      // A build sets the same time on the files of every release.
      assertThat(answer.header("Last-Modified")).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"/", "/console/main.js"})
  void headAnswersAsGetDoesWithoutTheBody(String path) {
    Http.Answer file = Http.get(tally.api() + path).is(200);

    Http.Answer head =
        Http.send(HttpRequest.newBuilder(URI.create(tally.api() + path)).HEAD()).is(200);

    assertThat(head.response().body()).isEmpty();
    for (String header :
        List.of(
            "Content-Type",
            "Content-Length",
            "ETag",
            "Cache-Control",
            "Content-Security-Policy",
            "X-Content-Type-Options")) {
      assertThat(head.header(header)).as(header).isPresent().isEqualTo(file.header(header));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"/", "/console/main.js"})
  void otherMethodsAreProblems(String path) {
    Http.Answer refused = Http.post(tally.api() + path);

    refused.isProblem(405, "method-not-allowed", "Method not allowed");
    assertThat(refused.header("Allow").orElse("")).contains("GET");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "nothing.js",
        "index.html",
        "..%2fchat-api.yml",
        "%2e%2e",
        "main.js.map",
        "..%2fdocs%2fdocs.js",
        "%2e%2e%2fdocs/docs.js",
        ""
      })
  void otherFilesAreNotServed(String name) {
    Http.Answer answer = Http.get(tally.api() + "/console/" + name);

    assertThat(answer.status()).isIn(400, 404);
    assertThat(answer.text("type"))
        .isIn("urn:tally:problem:no-such-route", "urn:tally:problem:malformed-request");
  }

  @Test
  void onlyPagesOfTheConfiguredOriginsMayWrite() {
    try (ConfigurableApplicationContext gateway =
        running.startGateway("--TALLY_CORS_ORIGINS=http://localhost:1," + ORIGIN)) {
      String app = tally.newApp();
      String chats = RunningTally.url(gateway) + "/apps/" + app + "/chats";

      Http.Answer asked = preflight(chats, ORIGIN).is(204);
      assertThat(asked.header("Access-Control-Allow-Origin")).hasValue(ORIGIN);
      assertThat(asked.header("Access-Control-Allow-Methods")).hasValue("POST, PUT, PATCH, DELETE");
      assertThat(asked.header("Access-Control-Allow-Headers").orElse(""))
          .contains("Content-Type", "Idempotency-Key");
      assertThat(asked.header("Access-Control-Allow-Credentials")).isEmpty();
      Http.Answer written = Http.post(chats, "Origin", ORIGIN).is(201);
      assertThat(written.header("Access-Control-Allow-Origin")).hasValue(ORIGIN);
      assertThat(written.header("Access-Control-Expose-Headers").orElse(""))
          .contains("Retry-After");
      Http.Answer refused = Http.post(chats.replace(app, "0".repeat(32)), "Origin", ORIGIN).is(404);
      assertThat(refused.header("Access-Control-Allow-Origin")).hasValue(ORIGIN);

      for (String origin : new String[] {"https://evil.example", "null", ORIGIN + ":444"}) {
        assertThat(preflight(chats, origin).header("Access-Control-Allow-Origin")).isEmpty();
        Http.Answer other = Http.post(chats, "Origin", origin);
        other.isProblem(403, "foreign-origin", "Foreign origin");
        assertThat(other.header("Access-Control-Allow-Origin")).isEmpty();
      }
    }
  }

  private static Http.Answer preflight(String url, String origin) {
    return Http.send(
        HttpRequest.newBuilder(URI.create(url))
            .method("OPTIONS", HttpRequest.BodyPublishers.noBody())
            .headers("Origin", origin, "Access-Control-Request-Method", "POST"));
  }
}
