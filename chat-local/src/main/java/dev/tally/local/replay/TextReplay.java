package dev.tally.local.replay;

import dev.tally.common.identity.AppToken;
import dev.tally.common.identity.ChatName;
import java.nio.file.Path;
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

/**
 * Sends conversations to a running system with many clients at once, and waits until they are
 * persisted. Then reads every message back and compares it, and searches for lines that it has
 * sent.
 */
public final class TextReplay {

  private static final int APPS = 3;

  private final ReplayClient client;
  private final ReplayCheck check;
  private final String gateway;
  private final int clients;
  private final Consumer<String> out;

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
    this.client = new ReplayClient(api, adminKey);
    this.check = new ReplayCheck(client, api, out);
    this.gateway = gateway;
    this.clients = clients;
    this.out = out;
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
  record Played(ChatName chat, Map<Long, String> messages) {

    /** The chat's path, at the API as at the gateway. */
    String path() {
      return "/apps/%s/chats/%d".formatted(chat.app().value(), chat.number());
    }
  }

  /**
   * Sends conversations, each to its own chat, and checks the result.
   *
   * @return the differences between the sent messages and those that the system has
   */
  public List<String> run(List<List<String>> conversations) {
    List<String> wrong = new ArrayList<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(clients)) {
      List<Played> played = play(threads, conversations, wrong);
      check.awaitDrain(played, wrong);
      check.readBack(threads, played, wrong);
      check.search(played, wrong);
    }
    return wrong;
  }

  private List<Played> play(
      ExecutorService threads, List<List<String>> conversations, List<String> wrong) {
    List<AppToken> apps = new ArrayList<>();
    for (int i = 0; i < APPS; i++) {
      apps.add(client.newApp("Replay " + i));
    }
    long begin = System.nanoTime();
    List<Future<Played>> chats = new ArrayList<>();
    for (int i = 0; i < conversations.size(); i++) {
      AppToken app = apps.get(i % APPS);
      chats.add(
          threads.submit(
              () -> new Played(new ChatName(app, newChat(app)), new ConcurrentSkipListMap<>())));
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
        wrong.add("chat %d: numbers are not 1 to %d".formatted(chat.chat().number(), count));
      }
    }
    double seconds = (System.nanoTime() - begin) / 1e9;
    out.accept(
        "accepted %,d messages in %,d chats of %d apps from %d clients in %.1f s"
            .formatted(messages.size(), played.size(), APPS, clients, seconds));
    return played;
  }

  private long newChat(AppToken app) {
    return client
        .post(gateway + "/apps/" + app.value() + "/chats", Map.of())
        .path("chat_number")
        .asLong();
  }

  private void say(Played chat, String body, Map<String, String> given) {
    String path = chat.path() + "/messages";
    long number = client.post(gateway + path, Map.of("body", body)).path("message_number").asLong();
    if (chat.messages().put(number, body) != null || given.put(path + number, body) != null) {
      throw new IllegalStateException("number %d was given out twice".formatted(number));
    }
  }

  static <T> T result(Future<T> future) {
    try {
      return future.get();
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }
}
