package dev.tally.bench;

import com.sun.net.httpserver.HttpServer;
import dev.tally.bench.load.Http;
import dev.tally.testkit.Service;
import dev.tally.testkit.Services;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Captures the API's queries to Elasticsearch with a server that finds nothing. So the limit is
 * always measured with the query that the API really sends.
 */
final class SearchQueries {

  private static final byte[] NOTHING =
      """
      {"took":1,"timed_out":false,"_shards":{"total":1,"successful":1,"skipped":0,"failed":0},"hits":{"hits":[]}}\
      """
          .getBytes(StandardCharsets.UTF_8);

  private SearchQueries() {}

  /**
   * Captures queries.
   *
   * @param paths the paths of searches on the API
   * @return a request to Elasticsearch for each path
   */
  static List<byte[]> behind(Services services, List<String> paths) {
    Queue<byte[]> captured = new ConcurrentLinkedQueue<>();
    try {
      HttpServer recorder =
          HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      recorder.createContext(
          "/",
          exchange -> {
            String body =
                new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            URI uri = exchange.getRequestURI();
            if (uri.getPath().endsWith("/_search")) {
              captured.add(Http.post(uri.toString(), "application/json", body));
            }
            exchange.getResponseHeaders().set("X-Elastic-Product", "Elasticsearch");
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(200, NOTHING.length);
            try (var out = exchange.getResponseBody()) {
              out.write(NOTHING);
            }
          });
      recorder.start();
      try (Service api =
              services.api(
                  "--spring.elasticsearch.uris=http://127.0.0.1:"
                      + recorder.getAddress().getPort());
          HttpClient http = HttpClient.newHttpClient()) {
        for (String path : paths) {
          HttpResponse<String> answer =
              http.send(
                  HttpRequest.newBuilder(
                          URI.create("http://127.0.0.1:%d%s".formatted(api.port(), path)))
                      .build(),
                  HttpResponse.BodyHandlers.ofString());
          if (answer.statusCode() != 200) {
            throw new IllegalStateException(answer.body());
          }
        }
      } finally {
        recorder.stop(0);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
    if (captured.size() != paths.size()) {
      throw new IllegalStateException(
          "%d searches made %d queries".formatted(paths.size(), captured.size()));
    }
    return List.copyOf(captured);
  }
}
