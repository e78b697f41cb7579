package dev.tally.local.replay;

import dev.tally.common.identity.AppToken;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Sends the HTTP requests of a replay. */
final class ReplayClient {

  private static final JsonMapper JSON = JsonMapper.shared();

  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(5))
          .build();
  private final String api;
  private final String adminKey;

  ReplayClient(String api, String adminKey) {
    this.api = api;
    this.adminKey = adminKey;
  }

  AppToken newApp(String name) {
    HttpRequest.Builder request = posting(api + "/apps", Map.of("name", name));
    if (!adminKey.isEmpty()) {
      request.header("Authorization", "Bearer " + adminKey);
    }
    return new AppToken(created(request.build()).path("token").asString());
  }

  JsonNode post(String url, Map<String, String> body) {
    return created(posting(url, body).build());
  }

  private static HttpRequest.Builder posting(String url, Map<String, String> body) {
    return HttpRequest.newBuilder(URI.create(url))
        .timeout(Duration.ofSeconds(30))
        .header("Content-Type", "application/json")
        .POST(HttpRequest.BodyPublishers.ofString(JSON.writeValueAsString(body)));
  }

  private JsonNode created(HttpRequest request) {
    HttpResponse<String> response = send(request);
    if (response.statusCode() != 201) {
      throw new IllegalStateException(
          "POST %s: %d %s".formatted(request.uri(), response.statusCode(), response.body()));
    }
    return json(response);
  }

  HttpResponse<String> get(String url) {
    return send(HttpRequest.newBuilder(URI.create(url)).timeout(Duration.ofSeconds(30)).build());
  }

  private HttpResponse<String> send(HttpRequest request) {
    try {
      return http.send(request, HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new IllegalStateException(request.uri() + " does not answer", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  static JsonNode json(HttpResponse<String> response) {
    return JSON.readTree(response.body());
  }
}
