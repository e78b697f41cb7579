package dev.tally.local.replay;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Sends conversations to a running system with many clients at once, and waits until they are
 * persisted. Then reads every message back and compares it, and searches for lines that it has
 * sent.
 */
public final class TextReplay {

  private static final JsonMapper JSON = JsonMapper.shared();
  private static final Duration DRAIN_PATIENCE = Duration.ofMinutes(3);
  private static final int APPS = 3;
  private static final int SEARCHES = 60;
  private static final Pattern WORD = Pattern.compile("[\\p{L}]{4,}");

  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(5))
          .build();
  private final String api;
  private final String gateway;
  private final int clients;
  private final Consumer<String> out;
  private final String adminKey;

  /**
   * @param api base URL of chat-api
   * @param gateway base URL of chat-gateway
   * @param clients the number of requests at the same time
   * @param out gets a line about each finished step
   */
  public TextReplay(String api, String gateway, int clients, Consumer<String> out) {
    this(api, gateway, clients, out, "");
  }

  private TextReplay(
      String api, String gateway, int clients, Consumer<String> out, String adminKey) {
    this.api = api;
    this.gateway = gateway;
    this.clients = clients;
    this.out = out;
    this.adminKey = adminKey;
  }

  /**
   * Sends text to the system that the environment variables {@code TALLY_API} and {@code
   * TALLY_GATEWAY} name, or to the local one. Uses the admin key {@code TALLY_ADMIN_KEY}, if it is
   * set.
   *
   * @param args the folder with the text, the number of conversations, and the number of lines in
   *     each
   */
  public static void main(String[] args) {
    Path folder = Path.of(args.length > 0 ? args[0] : "/usr/share/doc");
    int conversations = args.length > 1 ? Integer.parseInt(args[1]) : 240;
    int lines = args.length > 2 ? Integer.parseInt(args[2]) : 50;
    TextReplay replay =
        new TextReplay(
            System.getenv().getOrDefault("TALLY_API", "http://localhost:3000"),
            System.getenv().getOrDefault("TALLY_GATEWAY", "http://localhost:8000"),
            32,
            System.out::println,
            System.getenv().getOrDefault("TALLY_ADMIN_KEY", ""));
    List<String> wrong = replay.run(conversations(folder, conversations, lines));
    wrong.stream().limit(20).forEach(System.out::println);
    System.out.println(wrong.isEmpty() ? "no differences" : wrong.size() + " differences");
    System.exit(wrong.isEmpty() ? 0 : 1);
  }

  /**
   * Reads conversations from a folder of text files.
   *
   * @param count the number of conversations
   * @param lines the number of lines in each, all of one file
   * @throws IllegalArgumentException if the folder does not have enough text
   */
  public static List<List<String>> conversations(Path folder, int count, int lines) {
    return TextSource.conversations(folder, count, lines);
  }

  /** A chat, and the bodies that its messages must have, by number. */
  private record Played(String token, long chat, Map<Long, String> messages) {}

  /**
   * Sends conversations, each to its own chat, and checks the result.
   *
   * @return the differences between what was sent and what the system has
   */
  public List<String> run(List<List<String>> conversations) {
    List<String> wrong = new ArrayList<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(clients)) {
      List<Played> played = play(threads, conversations, wrong);
      awaitDrain(played, wrong);
      readBack(threads, played, wrong);
      search(played, wrong);
    }
    return wrong;
  }

  private List<Played> play(
      ExecutorService threads, List<List<String>> conversations, List<String> wrong) {
    List<String> tokens = new ArrayList<>();
    for (int i = 0; i < APPS; i++) {
      tokens.add(newApp("Replay " + i));
    }
    long begin = System.nanoTime();
    List<Future<Played>> chats = new ArrayList<>();
    for (int i = 0; i < conversations.size(); i++) {
      String token = tokens.get(i % APPS);
      chats.add(
          threads.submit(
              () ->
                  new Played(
                      token,
                      post(gateway + "/apps/" + token + "/chats", Map.of())
                          .path("chat_number")
                          .asLong(),
                      new ConcurrentSkipListMap<>())));
    }
    List<Played> played = chats.stream().map(TextReplay::result).toList();
    // Neighbouring requests go to different chats, so that each chat has many clients.
    List<Future<?>> messages = new ArrayList<>();
    int longest = conversations.stream().mapToInt(List::size).max().orElse(0);
    Map<String, String> given = new ConcurrentHashMap<>();
    for (int line = 0; line < longest; line++) {
      for (int i = 0; i < played.size(); i++) {
        if (line < conversations.get(i).size()) {
          Played chat = played.get(i);
          String body = conversations.get(i).get(line);
          messages.add(threads.submit(() -> say(chat, body, given)));
        }
      }
    }
    messages.forEach(TextReplay::result);
    for (Played chat : played) {
      long count = chat.messages().size();
      if (!chat.messages().containsKey(1L) || !chat.messages().containsKey(count)) {
        wrong.add("chat %d: numbers are not 1 to %d".formatted(chat.chat(), count));
      }
    }
    double seconds = (System.nanoTime() - begin) / 1e9;
    out.accept(
        "accepted %,d messages in %,d chats of %d apps from %d clients in %.1f s"
            .formatted(messages.size(), played.size(), APPS, clients, seconds));
    return played;
  }

  private void say(Played chat, String body, Map<String, String> given) {
    String path = "/apps/" + chat.token() + "/chats/" + chat.chat() + "/messages";
    long number = post(gateway + path, Map.of("body", body)).path("message_number").asLong();
    if (chat.messages().put(number, body) != null || given.put(path + number, body) != null) {
      throw new IllegalStateException("number %d was given out twice".formatted(number));
    }
  }

  private void awaitDrain(List<Played> played, List<String> wrong) {
    long begin = System.nanoTime();
    for (Played chat : played) {
      String url = api + "/apps/" + chat.token() + "/chats/" + chat.chat();
      while (true) {
        HttpResponse<String> response = get(url);
        if (response.statusCode() == 200
            && json(response).path("messages_count").asLong() >= chat.messages().size()) {
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

  private void readBack(ExecutorService threads, List<Played> played, List<String> wrong) {
    long compared = 0;
    List<Future<List<String>>> answers =
        played.stream().map(chat -> threads.submit(() -> compare(chat))).toList();
    for (Future<List<String>> answer : answers) {
      wrong.addAll(result(answer));
    }
    for (Played chat : played) {
      compared += chat.messages().size();
    }
    out.accept("read back and compared %,d messages".formatted(compared));
  }

  private List<String> compare(Played chat) {
    List<String> wrong = new ArrayList<>();
    long expected = 1;
    String url = api + "/apps/" + chat.token() + "/chats/" + chat.chat() + "/messages?limit=37";
    while (url != null) {
      HttpResponse<String> response = get(url);
      for (JsonNode message : json(response)) {
        long number = message.path("number").asLong();
        if (number != expected) {
          wrong.add("chat %d: number %d, expected %d".formatted(chat.chat(), number, expected));
        }
        if (!message.path("body").asString().equals(chat.messages().get(number))) {
          wrong.add("chat %d message %d: wrong body".formatted(chat.chat(), number));
        }
        expected = number + 1;
      }
      url = next(response);
    }
    if (expected != chat.messages().size() + 1) {
      wrong.add(
          "chat %d: the last number is %d, expected %d"
              .formatted(chat.chat(), expected - 1, chat.messages().size()));
    }
    return wrong;
  }

  private static @Nullable String next(HttpResponse<String> response) {
    String link = response.headers().firstValue("Link").orElse("");
    Matcher matcher = Pattern.compile("<(.*)>; rel=\"next\"").matcher(link);
    return matcher.matches() ? matcher.group(1) : null;
  }

  private void search(List<Played> played, List<String> wrong) {
    long begin = System.nanoTime();
    int searched = 0;
    for (int i = 0; i < SEARCHES && i < played.size(); i++) {
      Played chat = played.get(i * played.size() / Math.min(SEARCHES, played.size()));
      for (Map.Entry<Long, String> message : chat.messages().entrySet()) {
        List<String> words =
            WORD.matcher(message.getValue()).results().map(match -> match.group()).toList();
        if (words.size() >= 3) {
          String q = words.get(2) + " " + words.get(0);
          if (!isFound(chat, q, message.getKey(), begin)) {
            wrong.add(
                "chat %d message %d: not found by %s".formatted(chat.chat(), message.getKey(), q));
          }
          searched++;
          break;
        }
      }
    }
    out.accept(
        "searched for %,d lines by two of their words, in reverse order".formatted(searched));
  }

  private boolean isFound(Played chat, String q, long number, long begin) {
    String url =
        "%s/apps/%s/chats/%d/search?limit=1000&q=%s"
            .formatted(
                api, chat.token(), chat.chat(), URLEncoder.encode(q, StandardCharsets.UTF_8));
    while (true) {
      HttpResponse<String> response = get(url);
      if (response.statusCode() == 200) {
        for (JsonNode hit : json(response)) {
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

  private String newApp(String name) {
    HttpRequest.Builder request = posting(api + "/apps", Map.of("name", name));
    if (!adminKey.isEmpty()) {
      request.header("Authorization", "Bearer " + adminKey);
    }
    return created(request.build()).path("token").asString();
  }

  private JsonNode post(String url, Map<String, String> body) {
    return created(posting(url, body).build());
  }

  private static HttpRequest.Builder posting(String url, Map<String, String> body) {
    return HttpRequest.newBuilder(URI.create(url))
        .timeout(Duration.ofSeconds(30))
        .header("Content-Type", "application/json")
        .POST(HttpRequest.BodyPublishers.ofString(JSON.writeValueAsString(body)));
  }

  private JsonNode created(HttpRequest request) {
    HttpResponse<String> response = send(request);
    if (response.statusCode() != 201) {
      throw new IllegalStateException(
          "POST %s: %d %s".formatted(request.uri(), response.statusCode(), response.body()));
    }
    return json(response);
  }

  private HttpResponse<String> get(String url) {
    return send(HttpRequest.newBuilder(URI.create(url)).timeout(Duration.ofSeconds(30)).build());
  }

  private HttpResponse<String> send(HttpRequest request) {
    try {
      return http.send(request, HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new IllegalStateException(request.uri() + " does not answer", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  private static JsonNode json(HttpResponse<String> response) {
    return JSON.readTree(response.body());
  }

  private static <T> T result(Future<T> future) {
    try {
      return future.get();
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
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
