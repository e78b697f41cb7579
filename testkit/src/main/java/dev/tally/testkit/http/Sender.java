package dev.tally.testkit.http;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Sends requests and asserts nothing: an answer may be any, and may be missing. {@link Http} is for
 * tests that expect one.
 */
public final class Sender {

  private final HttpClient client;
  private final Duration patience;

  /**
   * @param connect the longest time to open a connection
   * @param patience the longest time from the request to the end of its answer
   */
  public Sender(Duration connect, Duration patience) {
    this.client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(connect)
            .build();
    this.patience = patience;
  }

  /**
   * Sends a request, and returns when its answer has ended.
   *
   * @throws IOException if there is no answer in time; the request may have had an effect, or may
   *     still have one
   */
  public Http.Answer send(HttpRequest.Builder request) throws IOException, InterruptedException {
    // A timeout of HttpRequest stops at the headers. It would not end an answer that streams by
    // mistake, or whose server freezes in the middle.
    CompletableFuture<HttpResponse<String>> answer =
        client.sendAsync(request.build(), HttpResponse.BodyHandlers.ofString());
    try {
      return new Http.Answer(answer.get(patience.toMillis(), TimeUnit.MILLISECONDS));
    } catch (TimeoutException e) {
      answer.cancel(true);
      throw new HttpTimeoutException("the answer did not end within " + patience);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof IOException broken ? broken : new IOException(e.getCause());
    } catch (InterruptedException e) {
      answer.cancel(true);
      throw e;
    }
  }
}
