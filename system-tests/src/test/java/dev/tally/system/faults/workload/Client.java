package dev.tally.system.faults.workload;

import dev.tally.system.faults.deployment.Deployment;
import dev.tally.system.faults.deployment.LinkedService;
import dev.tally.testkit.http.Http;
import dev.tally.testkit.http.Sender;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * A client that sends one request at a time, and records each request and its outcome. It sends to
 * gateways and APIs in turn, as a load balancer would.
 */
public final class Client {

  /** An answer to any client that no fault excuses. */
  public record Surprise(Request request, int status, String body) {}

  /**
   * The state that all clients share.
   *
   * @param gateways base URLs
   * @param apis base URLs
   */
  public record Surroundings(
      List<String> gateways,
      List<String> apis,
      History history,
      ConcurrentLinkedQueue<Surprise> surprises) {

    public static Surroundings of(Deployment deployment) {
      return new Surroundings(
          urls(deployment.services(LinkedService.Kind.GATEWAY)),
          urls(deployment.services(LinkedService.Kind.API)),
          new History(),
          new ConcurrentLinkedQueue<>());
    }

    private static List<String> urls(List<LinkedService> services) {
      return services.stream().map(LinkedService::url).toList();
    }
  }

  private static final Sender SENDER = new Sender(Duration.ofSeconds(1), Duration.ofSeconds(4));
  private static final Duration RETRY_PAUSE = Duration.ofMillis(200);
  private static final String PROBLEM = "urn:tally:problem:";

  /**
   * The problems of a read while its data is still queued, or while Redis does not answer, and of
   * any request whose app, chat or message a server has lost. The checker knows when they are
   * right.
   */
  private static final Set<String> NOT_THERE =
      Set.of("not-persisted-yet", "chat-not-found", "app-not-found", "message-not-found");

  /** The problem of a read whose chat MySQL has lost. */
  private static final String CHAT_LOST = "chat-lost";

  private final int number;
  private final Surroundings surroundings;
  private int turn;

  /**
   * @param number unique among all clients
   */
  public Client(int number, Surroundings surroundings) {
    this.number = number;
    this.surroundings = surroundings;
    this.turn = number;
  }

  /** Sends a request to the next service, and records and returns the outcome. */
  public Outcome ask(Request request) {
    turn++;
    return switch (request) {
      case Request.NewChat _, Request.NewMessages _, Request.Change _ ->
          ask(request, surroundings.gateways().get(turn % surroundings.gateways().size()));
      case Request.NewApp _, Request.ReadMessages _, Request.ReadChanges _, Request.ReadChat _ ->
          ask(request, surroundings.apis().get(turn % surroundings.apis().size()));
    };
  }

  /** Sends a request to one service, and records and returns the outcome. */
  public Outcome ask(Request request, String service) {
    long start = System.nanoTime();
    Outcome outcome = outcome(request, service);
    surroundings
        .history()
        .record(new History.Entry(number, request, outcome, start, System.nanoTime()));
    return outcome;
  }

  /** Whether a client should send the same request again. */
  public static boolean isOpen(Outcome outcome) {
    return outcome instanceof Outcome.Unknown
        || (outcome instanceof Outcome.Refused refused && refused.status() == 503);
  }

  /**
   * Repeats a request with an idempotency key until it is answered.
   *
   * @param service the service to ask, or null to ask all in turn
   * @return the last outcome, {@linkplain #isOpen open} only if this thread was interrupted
   */
  public Outcome askUntilAnswered(Request request, @Nullable String service) {
    Outcome outcome = service == null ? ask(request) : ask(request, service);
    while (isOpen(outcome)) {
      try {
        Thread.sleep(RETRY_PAUSE);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return outcome;
      }
      outcome = service == null ? ask(request) : ask(request, service);
    }
    return outcome;
  }

  private Outcome outcome(Request request, String service) {
    Http.Answer answer;
    try {
      answer = SENDER.send(Wire.http(request, service));
    } catch (IOException e) {
      return new Outcome.Unknown(e.getClass().getSimpleName());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Outcome.Unknown("interrupted");
    }
    try {
      return outcome(request, answer);
    } catch (JacksonException e) {
      return surprise(request, answer);
    }
  }

  private Outcome outcome(Request request, Http.Answer answer) {
    JsonNode json = answer.json();
    int status = answer.status();
    if (status == 201 || status == 200) {
      return Wire.success(request, json);
    }
    String problem = json.path("type").asString("").replace(PROBLEM, "");
    if (status == 503 && answer.header("Retry-After").isPresent()) {
      return problem.equals("queue-full")
          ? new Outcome.Refused(status, problem)
          : new Outcome.Unknown("503 " + problem);
    }
    if ((status == 404 && NOT_THERE.contains(problem))
        || (status == 410 && problem.equals(CHAT_LOST))) {
      return new Outcome.Refused(status, problem);
    }
    Outcome unknown = surprise(request, answer);
    return status < 500 ? new Outcome.Refused(status, problem) : unknown;
  }

  private Outcome surprise(Request request, Http.Answer answer) {
    surroundings.surprises().add(new Surprise(request, answer.status(), answer.body()));
    return new Outcome.Unknown(Integer.toString(answer.status()));
  }

  /** Whether a search through one API finds a message. The history does not record this request. */
  public static boolean finds(String api, Parent.Chat chat, String words, long number) {
    String url =
        "%s/apps/%s/chats/%d/search?q=%s"
            .formatted(
                api, chat.app(), chat.number(), URLEncoder.encode(words, StandardCharsets.UTF_8));
    try {
      Http.Answer answer = SENDER.send(Http.request(url));
      if (answer.status() != 200) {
        return false;
      }
      for (JsonNode hit : answer.json()) {
        if (hit.path("number").asLong() == number) {
          return true;
        }
      }
      return false;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
