package dev.tally.system.resilience;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tally.system.RunningTally;
import dev.tally.system.TallyClient;
import dev.tally.testkit.Service;
import dev.tally.testkit.http.Http;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.core.StringRedisTemplate;
import tools.jackson.databind.JsonNode;

/** A worker that gets {@code kill -9} in the middle of a batch loses and duplicates no message. */
class KilledWorkerIT {

  private static final int CHATS = 20;
  private static final int LINES = 500;
  private static final int KILLS = 4;

  @Test
  void aKilledWorkerLosesAndDuplicatesNothing(@TempDir Path folder) throws Exception {
    RunningTally running = RunningTally.shared();
    TallyClient tally = TallyClient.of(running);
    LettuceConnectionFactory connections = running.servers().redis();
    running.stopWorker();
    Service worker = running.workerProcess(folder);
    Map<String, Integer> sent = new HashMap<>();
    int killedWithABatch = 0;
    try {
      String app = tally.newApp();
      for (int i = 1; i <= CHATS; i++) {
        tally.newChat(app);
      }
      for (int round = 1; round <= KILLS || killedWithABatch == 0; round++) {
        assertThat(round).as("rounds until a kill hit a batch").isLessThan(20);
        for (int chat = 1; chat <= CHATS; chat++) {
          int from = sent.getOrDefault(app + chat, 0);
          send(tally, app, chat, from);
          sent.put(app + chat, from + LINES);
        }
        worker.start();
        try {
          long before = count(tally, app);
          // Waits until the worker has persisted something.
          await()
              .atMost(Duration.ofMinutes(3))
              .pollInterval(Duration.ofMillis(5))
              .until(() -> count(tally, app) > before || !worker.isRunning());
          Thread.sleep(ThreadLocalRandom.current().nextInt(30));
        } finally {
          worker.kill();
        }
        if (claimed(connections) > 0) {
          killedWithABatch++;
        }
      }
      running.startWorker();

      for (int chat = 1; chat <= CHATS; chat++) {
        int expected = sent.getOrDefault(app + chat, 0);
        tally.awaitMessages(app, chat, expected);
        int number = 0;
        for (int after = 0; after < expected; after += 1000) {
          String url = tally.chatUrl(app, chat) + "/messages?limit=1000&after=" + after;
          for (JsonNode message : Http.get(url).is(200).json()) {
            number++;
            assertThat(message.path("number").asInt()).isEqualTo(number);
            assertThat(message.path("body").asString()).isEqualTo(body(chat, number));
          }
        }
        assertThat(number).isEqualTo(expected);
      }
      RunningTally.CommandResult verified = running.command("verify", "--no-search");
      assertThat(verified.exitCode()).as(verified.output()).isZero();
    } finally {
      connections.destroy();
    }
  }

  private static void send(TallyClient tally, String app, int chat, int from) {
    StringBuilder lines = new StringBuilder();
    for (int i = 1; i <= LINES; i++) {
      lines.append("{\"body\":\"").append(body(chat, from + i)).append("\"}\n");
    }
    Http.Answer answer =
        Http.postBytes(
                tally.messagesTo(app, chat),
                "application/x-ndjson",
                lines.toString().getBytes(StandardCharsets.UTF_8))
            .is(201);
    assertThat(answer.number("first_message_number")).isEqualTo(from + 1);
  }

  private static String body(int chat, int number) {
    return "chat %d message %d".formatted(chat, number);
  }

  private static long count(TallyClient tally, String app) {
    long count = 0;
    for (JsonNode chat : Http.get(tally.appUrl(app) + "/chats").json()) {
      count += chat.path("messages_count").asLong();
    }
    return count;
  }

  private static long claimed(LettuceConnectionFactory connections) {
    StringRedisTemplate redis = new StringRedisTemplate(connections);
    long claimed = 0;
    for (int partition = 0; partition < 16; partition++) {
      Long size = redis.opsForList().size("tally:{%02d}:claimed".formatted(partition));
      claimed += size == null ? 0 : size;
    }
    return claimed;
  }
}
