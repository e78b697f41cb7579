package dev.tally.system.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tally.system.RunningTally;
import dev.tally.system.TallyClient;
import dev.tally.testkit.http.Http;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Many clients send requests at once. */
class ConcurrencyIT {

  private static final int CLIENTS = 64;
  private static final int MESSAGES_EACH = 20;

  private static TallyClient tally;

  @BeforeAll
  static void start() {
    tally = TallyClient.of(RunningTally.shared());
  }

  @Test
  void manyClientsInOneChatGetEachNumberOnce() throws Exception {
    String app = tally.newApp();
    long chat = tally.newChat(app);
    Map<Long, String> sent = new TreeMap<>();
    CyclicBarrier together = new CyclicBarrier(CLIENTS);
    try (ExecutorService clients = Executors.newFixedThreadPool(CLIENTS)) {
      List<Future<Map<Long, String>>> all = new ArrayList<>();
      for (int i = 0; i < CLIENTS; i++) {
        int client = i;
        all.add(
            clients.submit(
                () -> {
                  Map<Long, String> own = new TreeMap<>();
                  together.await();
                  for (int j = 0; j < MESSAGES_EACH; j++) {
                    String body = "client %d message %d".formatted(client, j);
                    own.put(tally.say(app, chat, body), body);
                  }
                  return own;
                }));
      }
      for (Future<Map<Long, String>> client : all) {
        sent.putAll(client.get());
      }
    }

    int total = CLIENTS * MESSAGES_EACH;
    assertThat(sent.keySet())
        .containsExactlyElementsOf(LongStream.rangeClosed(1, total).boxed().toList());
    tally.awaitMessages(app, chat, total);
    Map<Long, String> persisted = new TreeMap<>();
    for (long after = 0; after < total; after += 1000) {
      String url = tally.chatUrl(app, chat) + "/messages?limit=1000&after=" + after;
      for (JsonNode message : Http.get(url).is(200).json()) {
        persisted.put(message.path("number").asLong(), message.path("body").asString());
      }
    }
    assertThat(persisted).isEqualTo(sent);
  }

  @Test
  void manyClientsThatCreateChatsGetEachNumberOnce() throws Exception {
    String app = tally.newApp();
    List<Long> numbers = new ArrayList<>();
    try (ExecutorService clients = Executors.newFixedThreadPool(CLIENTS)) {
      List<Future<Long>> all = new ArrayList<>();
      for (int i = 0; i < 4 * CLIENTS; i++) {
        all.add(clients.submit(() -> tally.newChat(app)));
      }
      for (Future<Long> client : all) {
        numbers.add(client.get());
      }
    }

    assertThat(numbers)
        .containsExactlyInAnyOrderElementsOf(
            LongStream.rangeClosed(1, 4 * CLIENTS).boxed().toList());
    tally.awaitChats(app, 4 * CLIENTS);
  }

  @Test
  void anAcceptedChatTakesMessagesAtOnce() throws Exception {
    String app = tally.newApp();
    int count = 200;
    try (ExecutorService clients = Executors.newFixedThreadPool(16)) {
      List<Future<Long>> all = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        all.add(
            clients.submit(
                () -> {
                  long chat = tally.newChat(app);
                  return tally.say(app, chat, "right behind chat " + chat);
                }));
      }
      for (Future<Long> number : all) {
        assertThat(number.get()).isEqualTo(1);
      }
    }

    tally.awaitChats(app, count);
    for (long chat = 1; chat <= count; chat++) {
      tally.awaitMessages(app, chat, 1);
      assertThat(Http.get(tally.chatUrl(app, chat) + "/messages/1").is(200).text("body"))
          .isEqualTo("right behind chat " + chat);
    }
  }

  @Test
  void simultaneousRequestsWithOneKeyCreateOneMessage() throws Exception {
    String app = tally.newApp();
    long chat = tally.newChat(app);
    CyclicBarrier together = new CyclicBarrier(16);
    try (ExecutorService clients = Executors.newFixedThreadPool(16)) {
      List<Future<Long>> all = new ArrayList<>();
      for (int i = 0; i < 16; i++) {
        all.add(
            clients.submit(
                () -> {
                  together.await();
                  return Http.postJson(
                          tally.messagesTo(app, chat), "{\"body\":\"x\"}", "Idempotency-Key", "k")
                      .is(201)
                      .number("message_number");
                }));
      }
      for (Future<Long> number : all) {
        assertThat(number.get()).isEqualTo(1);
      }
    }
    assertThat(tally.say(app, chat, "next")).isEqualTo(2);
  }
}
