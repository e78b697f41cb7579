package dev.tally.testkit.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import tools.jackson.databind.JsonNode;

/** A client of server-sent events. It reads them in its own thread. */
public final class EventStream implements AutoCloseable {

  private static final HttpClient CLIENT =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .executor(Executors.newVirtualThreadPerTaskExecutor())
          .build();

  private final HttpResponse<InputStream> response;
  private final List<Event> events = new CopyOnWriteArrayList<>();
  private final AtomicInteger heartbeats = new AtomicInteger();
  private volatile String lastId = "";
  private volatile boolean ended;
  private volatile boolean whole;

  /**
   * An event.
   *
   * @param id a number, or two with a dot between them
   * @param name {@code message} if the event has no name
   * @param data a message, or a change
   */
  public record Event(String id, String name, JsonNode data) {

    public String body() {
      return data.path("body").asString();
    }

    public long number() {
      return data.path("number").asLong();
    }
  }

  private EventStream(HttpResponse<InputStream> response) {
    this.response = response;
  }

  /** Opens a stream, and fails unless the answer is 200. */
  public static EventStream open(String url, String... headers) {
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url));
    if (headers.length > 0) {
      request.headers(headers);
    }
    try {
      EventStream stream =
          new EventStream(CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofInputStream()));
      assertThat(stream.response.statusCode()).isEqualTo(200);
      Thread.ofVirtual().start(stream::read);
      return stream;
    } catch (IOException e) {
      throw new AssertionError("no stream", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }

  /** Opens a stream where this one is, as a browser does. */
  public EventStream resume(String url) {
    return open(url, "Last-Event-ID", lastId.isEmpty() ? "0" : lastId);
  }

  /** Opens a connection, asks for a stream on it, and reads nothing. */
  public static Socket unread(String url) throws IOException {
    URI uri = URI.create(url);
    Socket socket = new Socket();
    // The system may choose a larger buffer.
    socket.setReceiveBufferSize(8_192);
    socket.connect(new InetSocketAddress(uri.getHost(), uri.getPort()));
    OutputStream out = socket.getOutputStream();
    out.write(
        "GET %s HTTP/1.1\r\nHost: %s\r\n\r\n"
            .formatted(uri.getRawPath(), uri.getAuthority())
            .getBytes(StandardCharsets.US_ASCII));
    out.flush();
    return socket;
  }

  private void read() {
    String id = "";
    String name = "message";
    String data = "";
    try (BufferedReader in =
        new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8))) {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        if (line.startsWith("id: ")) {
          id = line.substring(4);
        } else if (line.startsWith("event: ")) {
          name = line.substring(7);
        } else if (line.startsWith("data: ")) {
          data = line.substring(6);
        } else if (line.equals(":")) {
          heartbeats.incrementAndGet();
        } else if (line.isEmpty()) {
          // Without its empty line, an event has not come.
          if (!data.isEmpty()) {
            events.add(new Event(id, name, Http.JSON.readTree(data)));
          }
          lastId = id;
          name = "message";
          data = "";
        }
      }
      whole = true;
    } catch (IOException e) {
      // Either side closed the connection.
    }
    ended = true;
  }

  public HttpHeaders headers() {
    return response.headers();
  }

  public List<Event> events() {
    return events;
  }

  /** The ids of the events of a stream without changes. */
  public List<Long> numbers() {
    return events.stream().map(event -> Long.parseLong(event.id())).toList();
  }

  /** Where the stream is: the id that came last, with an event or without one. */
  public String lastId() {
    return lastId;
  }

  public int heartbeats() {
    return heartbeats.get();
  }

  public boolean isEnded() {
    return ended;
  }

  /** Whether the server ended the stream, not just the connection. */
  public boolean isWhole() {
    return whole;
  }

  public EventStream awaitEvents(int count) {
    await()
        .atMost(Duration.ofMinutes(1))
        .pollDelay(Duration.ZERO)
        .untilAsserted(() -> assertThat(events).hasSizeGreaterThanOrEqualTo(count));
    return this;
  }

  @Override
  public void close() {
    try {
      response.body().close();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
