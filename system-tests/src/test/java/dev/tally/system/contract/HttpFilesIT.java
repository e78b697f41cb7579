package dev.tally.system.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tally.system.RunningTally;
import dev.tally.system.TallyClient;
import dev.tally.testkit.http.DocumentedAnswers;
import dev.tally.testkit.http.Http;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * The request files in {@code http/} work unchanged except for the token, and cover every route.
 */
class HttpFilesIT {

  private static final Path FOLDER = Path.of("..", "http");

  /** In the order in which they work: nothing works on a deleted app. */
  private static final List<String> FILES =
      List.of("apps.http", "writes.http", "reads.http", "services.http", "deletions.http");

  private final TallyClient tally = TallyClient.of(RunningTally.shared());

  /**
   * A request in a file.
   *
   * @param title the comment above it
   */
  private record Request(
      String title, String method, String url, Map<String, String> headers, String body) {}

  @Test
  void everyRequestGetsTheAnswerThatItsTitleSays() throws Exception {
    String token = tally.newApp();
    Set<String> routes = new HashSet<>();
    int sent = 0;
    for (String file : FILES) {
      if (file.equals("reads.http")) {
        tally.awaitMessages(token, 1, 7);
      }
      for (Request request : requests(FOLDER.resolve(file), token)) {
        if (request.title().startsWith("Stream")) {
          routes.add(beginOfStream(request));
          continue;
        }
        Http.Answer answer = send(request);
        String what = file + ": " + request.title();
        if (request.title().contains("wrong")) {
          assertThat(answer.status()).as(what).isEqualTo(400);
        } else {
          assertThat(answer.status()).as(what + answer.response().body()).isBetween(200, 202);
        }
        String route =
            DocumentedAnswers.route(request.method(), answer.response().uri().getRawPath());
        if (route != null) {
          routes.add(route);
        }
        sent++;
      }
    }

    assertThat(routes).containsExactlyInAnyOrderElementsOf(DocumentedAnswers.routes());
    assertThat(sent).isGreaterThan(25);
    try (var files = Files.list(FOLDER)) {
      assertThat(files.filter(file -> file.toString().endsWith(".http"))).hasSize(FILES.size());
    }
  }

  private List<Request> requests(Path file, String token) throws IOException {
    String[] parts = Files.readString(file).split("(?m)^### ?", -1);
    Map<String, String> variables = variables(parts[0]);
    variables.put("token", token);
    variables.computeIfPresent("api", (_, _) -> tally.api());
    variables.computeIfPresent("gateway", (_, _) -> tally.gateway());
    variables.computeIfPresent("apiManagement", (_, _) -> tally.api());
    variables.computeIfPresent("gatewayManagement", (_, _) -> tally.gateway());
    variables.computeIfPresent("worker", (_, _) -> RunningTally.shared().worker());
    List<Request> requests = new ArrayList<>();
    for (int i = 1; i < parts.length; i++) {
      String text = parts[i];
      for (Map.Entry<String, String> variable : variables.entrySet()) {
        text = text.replace("{{" + variable.getKey() + "}}", variable.getValue());
      }
      assertThat(text).as(file.toString()).doesNotContain("{{");
      requests.add(request(text));
    }
    return requests;
  }

  private static Map<String, String> variables(String head) {
    Map<String, String> variables = new LinkedHashMap<>();
    Matcher matcher = Pattern.compile("(?m)^@(\\w+) = (.*)$").matcher(head);
    while (matcher.find()) {
      variables.put(matcher.group(1), matcher.group(2));
    }
    return variables;
  }

  private static Request request(String text) {
    String[] headAndBody = text.split("\n\n", 2);
    List<String> head = headAndBody[0].lines().toList();
    String[] line = head.get(1).split(" ", 2);
    Map<String, String> headers = new LinkedHashMap<>();
    head.stream()
        .skip(2)
        .map(header -> header.split(": ", 2))
        .forEach(pair -> headers.put(pair[0], pair[1]));
    String body = headAndBody.length > 1 ? headAndBody[1].strip() : "";
    return new Request(head.getFirst(), line[0], line[1], headers, body);
  }

  /** Reads the beginning of an endless answer, and returns the route. */
  private static String beginOfStream(Request request) throws Exception {
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpResponse<InputStream> answer =
          client.send(
              HttpRequest.newBuilder(URI.create(request.url())).build(),
              HttpResponse.BodyHandlers.ofInputStream());
      try (InputStream events = answer.body()) {
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("Content-Type").orElse(""))
            .startsWith("text/event-stream");
        assertThat(new String(events.readNBytes(6), StandardCharsets.UTF_8)).isEqualTo("retry:");
      }
      client.shutdownNow();
      return String.valueOf(DocumentedAnswers.route(request.method(), answer.uri().getRawPath()));
    }
  }

  private static Http.Answer send(Request request) {
    HttpRequest.Builder builder =
        HttpRequest.newBuilder(URI.create(request.url()))
            .method(request.method(), HttpRequest.BodyPublishers.ofString(request.body()));
    request.headers().forEach(builder::header);
    return Http.send(builder);
  }
}
