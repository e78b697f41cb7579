package dev.tally.bench.section;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.tally.bench.load.HttpFormat;
import dev.tally.testkit.Service;
import dev.tally.testkit.Services;
import dev.tally.testkit.http.Http;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
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
   * Returns the request to Elasticsearch that the API makes of each search with these paths: the
   * first one, because the API asks again, with typos, only after it has found nothing.
   */
  static List<byte[]> behind(Services services, List<String> paths) {
    List<byte[]> queries = new ArrayList<>();
    Queue<byte[]> captured = new ConcurrentLinkedQueue<>();
    InetSocketAddress anyPort = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    try {
      HttpServer recorder = HttpServer.create(anyPort, 0);
      recorder.createContext("/", exchange -> answer(exchange, captured));
      recorder.start();
      String url = "http://127.0.0.1:" + recorder.getAddress().getPort();
      try (Service api = services.api("--spring.elasticsearch.uris=" + url)) {
        for (String path : paths) {
          captured.clear();
          Http.get(api.url() + path).is(200);
          queries.add(captured.element());
        }
      } finally {
        recorder.stop(0);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return queries;
  }

  private static void answer(HttpExchange exchange, Queue<byte[]> captured) throws IOException {
    String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    if (exchange.getRequestURI().getPath().endsWith("/_search")) {
      captured.add(HttpFormat.post(exchange.getRequestURI().toString(), "application/json", body));
    }
    exchange.getResponseHeaders().set("X-Elastic-Product", "Elasticsearch");
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(200, NOTHING.length);
    exchange.getResponseBody().write(NOTHING);
    exchange.close();
  }
}
