package dev.tally.testkit.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Sends requests as a client does, and returns answers for a test to examine. Fails if the OpenAPI
 * documents do not describe an answer, except for {@link #exchange}.
 */
public final class Http {

  private static final Sender SENDER = new Sender(Duration.ofSeconds(5), Duration.ofSeconds(30));
  public static final JsonMapper JSON = JsonMapper.shared();

  /** A link that is right behind any host, scheme and prefix. */
  private static final Pattern NEXT = Pattern.compile("<(\\?[^>]+)>; rel=\"next\"");

  private Http() {}

  /** An answer. */
  public record Answer(HttpResponse<String> response) {

    public int status() {
      return response.statusCode();
    }

    public String body() {
      return response.body();
    }

    public JsonNode json() {
      return JSON.readTree(response.body());
    }

    public String text(String field) {
      return json().path(field).asString();
    }

    public long number(String field) {
      return json().path(field).asLong();
    }

    public Optional<String> header(String name) {
      return response.headers().firstValue(name);
    }

    /** The URL of the next page, if the answer's {@code Link} names one. */
    public Optional<String> next() {
      // The link is a query alone. URI.resolve() would drop the last part of the path before it.
      return header("Link")
          .map(NEXT::matcher)
          .filter(Matcher::matches)
          .map(link -> response.uri().toString().split("\\?", 2)[0] + link.group(1));
    }

    /** Fails unless this is a complete problem document of this kind. */
    public Answer isProblem(int status, String type, String error) {
      assertThat(status()).as(response.body()).isEqualTo(status);
      assertThat(header("Content-Type")).hasValue("application/problem+json");
      assertThat(text("type")).isEqualTo("urn:tally:problem:" + type);
      assertThat(number("status")).isEqualTo(status);
      assertThat(text("error")).isEqualTo(error);
      assertThat(text("title")).isNotBlank();
      assertThat(text("detail")).isNotBlank();
      assertThat(response.body()).doesNotContain("Exception").doesNotContain("\tat ");
      return this;
    }

    public Answer is(int status) {
      assertThat(status()).as(response.body()).isEqualTo(status);
      return this;
    }
  }

  public static Answer get(String url, String... headers) {
    return send(request(url, headers));
  }

  public static Answer post(String url, String... headers) {
    return send(request(url, headers).POST(HttpRequest.BodyPublishers.noBody()));
  }

  public static Answer postJson(String url, String json, String... headers) {
    return send(json(url, headers).POST(HttpRequest.BodyPublishers.ofString(json)));
  }

  public static Answer putJson(String url, String json, String... headers) {
    return send(json(url, headers).PUT(HttpRequest.BodyPublishers.ofString(json)));
  }

  public static Answer postForm(String url, String form) {
    return send(
        request(url, "Content-Type", "application/x-www-form-urlencoded")
            .POST(HttpRequest.BodyPublishers.ofString(form)));
  }

  public static Answer postBytes(String url, String contentType, byte[] body) {
    return send(
        request(url, "Content-Type", contentType)
            .POST(HttpRequest.BodyPublishers.ofByteArray(body)));
  }

  /**
   * A GET request, which the caller may change.
   *
   * @param headers names and values in turn
   */
  public static HttpRequest.Builder request(String url, String... headers) {
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url));
    // The builder refuses an empty list of headers.
    return headers.length == 0 ? request : request.headers(headers);
  }

  /** A request with a JSON body, which the caller must give it. */
  public static HttpRequest.Builder json(String url, String... headers) {
    return request(url, headers).header("Content-Type", "application/json");
  }

  /** Sends a request, and fails unless it has an answer and a document describes that answer. */
  public static Answer send(HttpRequest.Builder request) {
    Answer answer = exchange(request);
    DocumentedAnswers.check(answer.response());
    return answer;
  }

  /**
   * Sends a request, and fails unless it has an answer. For benchmarks: to check answers takes
   * processors from the services, and the services of an older revision may answer otherwise.
   */
  public static Answer exchange(HttpRequest.Builder request) {
    try {
      return SENDER.send(request);
    } catch (IOException e) {
      throw new AssertionError("no answer", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }
}
