package dev.tally.local.replay;

import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Compares the messages that were sent with those that chat-api has, and searches for them. */
final class ReplayCheck {

  private static final Duration DRAIN_PATIENCE = Duration.ofMinutes(3);
  private static final int SEARCHES = 60;
  private static final Pattern WORD = Pattern.compile("[\\p{L}]{4,}");

  private final ReplayClient client;
  private final String api;
  private final Consumer<String> out;

  ReplayCheck(ReplayClient client, String api, Consumer<String> out) {
    this.client = client;
    this.api = api;
    this.out = out;
  }

  void awaitDrain(List<TextReplay.Played> played, List<String> wrong) {
    long begin = System.nanoTime();
    for (TextReplay.Played chat : played) {
      String url = api + chat.path();
      while (true) {
        HttpResponse<String> response = client.get(url);
        if (response.statusCode() == 200
            && ReplayClient.json(response).path("messages_count").asLong()
                >= chat.messages().size()) {
          break;
        }
        if (System.nanoTime() - begin > DRAIN_PATIENCE.toNanos()) {
          wrong.add("not persisted in time: " + url);
          return;
        }
        pause();
      }
    }
    out.accept("persisted after another %.1f s".formatted((System.nanoTime() - begin) / 1e9));
  }

  void readBack(ExecutorService threads, List<TextReplay.Played> played, List<String> wrong) {
    long compared = 0;
    List<Future<List<String>>> answers =
        played.stream().map(chat -> threads.submit(() -> compare(chat))).toList();
    for (Future<List<String>> answer : answers) {
      wrong.addAll(TextReplay.result(answer));
    }
    for (TextReplay.Played chat : played) {
      compared += chat.messages().size();
    }
    out.accept("read back and compared %,d messages".formatted(compared));
  }

  private List<String> compare(TextReplay.Played chat) {
    List<String> wrong = new ArrayList<>();
    long expected = 1;
    String url = api + chat.path() + "/messages?limit=37";
    while (url != null) {
      HttpResponse<String> response = client.get(url);
      for (JsonNode message : ReplayClient.json(response)) {
        long number = message.path("number").asLong();
        if (number != expected) {
          wrong.add(
              "chat %d: number %d, expected %d".formatted(chat.chat().number(), number, expected));
        }
        if (!message.path("body").asString().equals(chat.messages().get(number))) {
          wrong.add("chat %d message %d: wrong body".formatted(chat.chat().number(), number));
        }
        expected = number + 1;
      }
      url = next(response);
    }
    if (expected != chat.messages().size() + 1) {
      wrong.add(
          "chat %d: the last number is %d, expected %d"
              .formatted(chat.chat().number(), expected - 1, chat.messages().size()));
    }
    return wrong;
  }

  private static @Nullable String next(HttpResponse<String> response) {
    String link = response.headers().firstValue("Link").orElse("");
    Matcher matcher = Pattern.compile("<(.*)>; rel=\"next\"").matcher(link);
    // The link is a query alone. URI.resolve() would drop the last part of the path before it.
    return matcher.matches()
        ? response.uri().toString().split("\\?", 2)[0] + matcher.group(1)
        : null;
  }

  void search(List<TextReplay.Played> played, List<String> wrong) {
    long begin = System.nanoTime();
    int searched = 0;
    for (int i = 0; i < SEARCHES && i < played.size(); i++) {
      TextReplay.Played chat = played.get(i * played.size() / Math.min(SEARCHES, played.size()));
      for (Map.Entry<Long, String> message : chat.messages().entrySet()) {
        List<String> words =
            WORD.matcher(message.getValue()).results().map(match -> match.group()).toList();
        if (words.size() >= 3) {
          String q = words.get(2) + " " + words.get(0);
          if (!isFound(chat, q, message.getKey(), begin)) {
            wrong.add(
                "chat %d message %d: not found by %s"
                    .formatted(chat.chat().number(), message.getKey(), q));
          }
          searched++;
          break;
        }
      }
    }
    out.accept(
        "searched for %,d lines by two of their words, in reverse order".formatted(searched));
  }

  private boolean isFound(TextReplay.Played chat, String q, long number, long begin) {
    String url =
        "%s%s/search?limit=1000&q=%s"
            .formatted(api, chat.path(), URLEncoder.encode(q, StandardCharsets.UTF_8));
    while (true) {
      HttpResponse<String> response = client.get(url);
      if (response.statusCode() == 200) {
        for (JsonNode hit : ReplayClient.json(response)) {
          if (hit.path("number").asLong() == number) {
            return true;
          }
        }
      }
      if (System.nanoTime() - begin > DRAIN_PATIENCE.toNanos()) {
        return false;
      }
      pause();
    }
  }

  private static void pause() {
    try {
      Thread.sleep(50);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }
}
