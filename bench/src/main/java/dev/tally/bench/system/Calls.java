package dev.tally.bench.system;

import dev.tally.testkit.http.Http;
import dev.tally.testkit.http.Sender;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.Optional;

/** Single requests to a service on loopback. */
public final class Calls {

  private static final Sender SENDER = new Sender(Duration.ofSeconds(10), Duration.ofSeconds(60));

  private Calls() {}

  /** Sends a GET request, and returns the answer if its status is 2xx. */
  public static Optional<Http.Answer> get(int port, String path) {
    return send(HttpRequest.newBuilder(uri(port, path)));
  }

  /** Sends a POST request, and returns the answer if its status is 2xx. */
  public static Optional<Http.Answer> post(int port, String path, String json) {
    return send(
        HttpRequest.newBuilder(uri(port, path))
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(json)));
  }

  private static URI uri(int port, String path) {
    return URI.create("http://127.0.0.1:%d%s".formatted(port, path));
  }

  private static Optional<Http.Answer> send(HttpRequest.Builder request) {
    try {
      return Optional.of(SENDER.send(request)).filter(answer -> answer.status() / 100 == 2);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
