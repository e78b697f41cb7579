package dev.tally.bench.search;

import com.sun.net.httpserver.HttpServer;
import dev.tally.bench.load.HttpFormat;
import dev.tally.bench.system.Calls;
import dev.tally.testkit.Service;
import dev.tally.testkit.Services;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
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
    HttpServer recorder = recorder(captured);
    int port = recorder.getAddress().getPort();
    try (Service api = services.api("--spring.elasticsearch.uris=http://127.0.0.1:" + port)) {
      for (String path : paths) {
        if (Calls.get(api.port(), path).isEmpty()) {
          throw new IllegalStateException("the API did not answer " + path);
        }
      }
    } finally {
      recorder.stop(0);
    }
    if (captured.size() != paths.size()) {
      throw new IllegalStateException(
          "%d searches made %d queries".formatted(paths.size(), captured.size()));
    }
    return List.copyOf(captured);
  }

  private static HttpServer recorder(Queue<byte[]> captured) {
    try {
      HttpServer recorder =
          HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      recorder.createContext(
          "/",
          exchange -> {
            byte[] body = exchange.getRequestBody().readAllBytes();
            URI uri = exchange.getRequestURI();
            if (uri.getPath().endsWith("/_search")) {
              String query = new String(body, StandardCharsets.UTF_8);
              captured.add(HttpFormat.post(uri.toString(), "application/json", query));
            }
            exchange.getResponseHeaders().set("X-Elastic-Product", "Elasticsearch");
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(200, NOTHING.length);
            try (var out = exchange.getResponseBody()) {
              out.write(NOTHING);
            }
          });
      recorder.start();
      return recorder;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
