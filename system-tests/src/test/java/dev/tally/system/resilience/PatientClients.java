package dev.tally.system.resilience;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tally.system.TallyClient;
import dev.tally.testkit.http.Http;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import tools.jackson.databind.JsonNode;

/**
 * Clients, one an app, each of which sends messages to its chat one after another. A client sends a
 * message with one {@code Idempotency-Key} until it is accepted.
 */
final class PatientClients {

  /** Longer than a failover of a starved machine. */
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final TallyClient tally;
  private final List<String> apps;
  private final Queue<Accepted> accepted = new ConcurrentLinkedQueue<>();

  /** What is done while the clients write. */
  @FunctionalInterface
  interface Disturbance {
    void run() throws Exception;
  }

  /**
   * A message that got a number.
   *
   * @param begin when the client began to send it, by {@code System.nanoTime}
   */
  record Accepted(String app, int message, long number, long begin) {
    String body() {
      return "message " + message;
    }
  }

  private PatientClients(TallyClient tally, List<String> apps) {
    this.tally = tally;
    this.apps = apps;
  }

  /** Creates apps with a chat each. */
  static PatientClients of(TallyClient tally, int count) {
    List<String> apps = IntStream.range(0, count).mapToObj(_ -> tally.newApp()).toList();
    for (String app : apps) {
      assertThat(tally.newChat(app)).isEqualTo(1);
    }
    return new PatientClients(tally, apps);
  }

  List<String> apps() {
    return apps;
  }

  /** All messages that were accepted, in no order. */
  List<Accepted> accepted() {
    return List.copyOf(accepted);
  }

  /** Sends as many messages from each client, and returns when all have been accepted. */
  void say(int count) throws Exception {
    sayWhile(count, () -> {});
  }

  /** The same, while something happens. */
  void sayWhile(int count, Disturbance disturbance) throws Exception {
    int first = accepted.size() / apps.size() + 1;
    try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> all = new ArrayList<>();
      for (String app : apps) {
        all.add(
            clients.submit(
                () -> {
                  for (int i = first; i < first + count; i++) {
                    accepted.add(sayUntilAccepted(app, i));
                  }
                }));
      }
      disturbance.run();
      for (Future<?> client : all) {
        client.get();
      }
    }
  }

  private Accepted sayUntilAccepted(String app, int message) {
    String json = "{\"body\":\"message %d\"}".formatted(message);
    String key = "message-" + message;
    long begin = System.nanoTime();
    Http.Answer answer =
        await()
            .atMost(PATIENCE)
            .pollDelay(Duration.ZERO)
            .until(
                () -> Http.postJson(tally.messagesTo(app, 1), json, "Idempotency-Key", key),
                PatientClients::isAccepted);
    return new Accepted(app, message, answer.number("message_number"), begin);
  }

  private static boolean isAccepted(Http.Answer answer) {
    if (answer.status() == 503) {
      assertThat(answer.header("Retry-After")).isPresent();
      return false;
    }
    answer.is(201);
    return true;
  }

  /** Each message has the number of its place, and its row has its text. */
  void assertAllInOrder() {
    assertThat(accepted).allSatisfy(one -> assertThat(one.number()).isEqualTo(one.message()));
    int count = accepted.size() / apps.size();
    for (String app : apps) {
      assertThat(bodies(app, count))
          .isEqualTo(IntStream.rangeClosed(1, count).mapToObj(i -> "message " + i).toList());
    }
  }

  /** Waits for as many rows, which must have all numbers from 1, and returns their texts. */
  List<String> bodies(String app, long count) {
    tally.awaitMessages(app, 1, count);
    List<Long> numbers = new ArrayList<>();
    List<String> bodies = new ArrayList<>();
    String messages = tally.chatUrl(app, 1) + "/messages?limit=" + count;
    for (JsonNode message : Http.get(messages).is(200).json()) {
      numbers.add(message.path("number").asLong());
      bodies.add(message.path("body").asString());
    }
    assertThat(numbers).isEqualTo(LongStream.rangeClosed(1, count).boxed().toList());
    return bodies;
  }
}
