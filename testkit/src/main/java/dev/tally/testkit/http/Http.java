package dev.tally.testkit.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Sends requests as a client does, and returns answers for a test to examine. Fails if the OpenAPI
 * documents do not describe an answer.
 */
public final class Http {

  private static final HttpClient CLIENT =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(5))
          .build();
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  public static final JsonMapper JSON = JsonMapper.shared();

  private Http() {}

  /** An answer. */
  public record Answer(HttpResponse<String> response) {

    public int status() {
      return response.statusCode();
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
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return send(request);
  }

  public static Answer postJson(String url, String json, String... headers) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(url))
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(json));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return send(request);
  }

  public static Answer putJson(String url, String json, String... headers) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(url))
            .header("Content-Type", "application/json")
            .PUT(HttpRequest.BodyPublishers.ofString(json));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return send(request);
  }

  public static Answer postForm(String url, String form) {
    return send(
        HttpRequest.newBuilder(URI.create(url))
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(HttpRequest.BodyPublishers.ofString(form)));
  }

  public static Answer post(String url, String... headers) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(url)).POST(HttpRequest.BodyPublishers.noBody());
    if (headers.length > 0) {
      request.headers(headers);
    }
    return send(request);
  }

  public static Answer postBytes(String url, String contentType, byte[] body) {
    return send(
        HttpRequest.newBuilder(URI.create(url))
            .header("Content-Type", contentType)
            .POST(HttpRequest.BodyPublishers.ofByteArray(body)));
  }

  public static Answer send(HttpRequest.Builder request) {
    // A timeout of HttpRequest stops at the headers. It would not end an answer that streams by
    // mistake.
    CompletableFuture<HttpResponse<String>> answer =
        CLIENT.sendAsync(request.build(), HttpResponse.BodyHandlers.ofString());
    try {
      HttpResponse<String> response = answer.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      DocumentedAnswers.check(response);
      return new Answer(response);
    } catch (TimeoutException e) {
      answer.cancel(true);
      throw new AssertionError("the answer did not end within " + PATIENCE, e);
    } catch (ExecutionException e) {
      throw new AssertionError("no answer", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }
}
