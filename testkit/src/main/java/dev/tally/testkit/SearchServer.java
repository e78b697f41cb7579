package dev.tally.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Gives tests and benchmarks direct access to Elasticsearch. */
public final class SearchServer {

  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static final int REFRESHES = 11;
  private static final Pattern VERSION =
      Pattern.compile("\"(?:number|version)\"\\s*:\\s*\"([\\d.]+)\"");

  private final URI url;

  SearchServer(URI url) {
    this.url = url;
  }

  /** The port that this server listens on. */
  public int port() {
    return url.getPort();
  }

  void requireEmpty() {
    if (call("GET", "/_cat/indices/tally-*?h=index").contains("tally-")) {
      throw new IllegalStateException(
          "Elasticsearch has a Tally index: the benchmarks need a server of their own");
    }
  }

  void wipe() {
    for (String index : call("GET", "/_cat/indices/tally-*?h=index").lines().toList()) {
      call("DELETE", "/" + index.strip());
    }
  }

  /** Makes all indexed messages searchable at once. */
  public void refresh() {
    call("POST", "/tally-messages/_refresh");
  }

  /**
   * The median time that Elasticsearch alone needs to make a document searchable, with the default
   * refresh interval of an index.
   */
  public double refreshMillis() {
    String index = "/tally-bench";
    call("PUT", index, "{\"settings\":{\"refresh_interval\":\"1s\",\"number_of_replicas\":0}}");
    double[] millis = new double[REFRESHES];
    for (int i = 0; i < REFRESHES; i++) {
      try {
        // Spreads the writes over the refresh interval.
        Thread.sleep(i * 1000L / REFRESHES);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      long begin = System.nanoTime();
      call("PUT", index + "/_doc/" + i + "?refresh=wait_for", "{\"body\":\"probe\"}");
      millis[i] = (System.nanoTime() - begin) / 1e6;
    }
    call("DELETE", index);
    Arrays.sort(millis);
    return millis[REFRESHES / 2];
  }

  String version() {
    Matcher matcher = VERSION.matcher(call("GET", "/_nodes/_local?filter_path=nodes.*.version"));
    return matcher.find() ? matcher.group(1) : "unknown";
  }

  private String call(String method, String path) {
    return call(method, path, "");
  }

  private String call(String method, String path, String json) {
    try {
      return HTTP.send(
              HttpRequest.newBuilder(url.resolve(path))
                  .timeout(Duration.ofSeconds(30))
                  .header("Content-Type", "application/json")
                  .method(
                      method,
                      json.isEmpty()
                          ? HttpRequest.BodyPublishers.noBody()
                          : HttpRequest.BodyPublishers.ofString(json))
                  .build(),
              HttpResponse.BodyHandlers.ofString())
          .body();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }
}
