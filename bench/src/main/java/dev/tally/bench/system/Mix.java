package dev.tally.bench.system;

import dev.tally.bench.load.HttpFormat;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.IntUnaryOperator;

/**
 * A distribution of messages over chats.
 *
 * @param draws messages to send in turn; enough to have the proportions of the mix
 */
public record Mix(String name, List<Draw> draws) {

  private static final int DRAWS = 20_000;
  private static final int BODIES = 2_000;

  /** A message to a chat. */
  public record Draw(Dataset.App app, long chat, String body) {}

  /** Sends all messages to the first chat of an app. */
  public static Mix oneChat(Dataset.App app) {
    return of("one chat", List.of(app), 1, i -> 0);
  }

  /** Sends messages to all chats alike. */
  public static Mix even(List<Dataset.App> apps, int chatsPerApp) {
    Random random = new Random(1);
    int chats = apps.size() * chatsPerApp;
    return of("%,d chats".formatted(chats), apps, chatsPerApp, i -> random.nextInt(chats));
  }

  /** Sends messages to a few random chats alike. */
  public static Mix few(List<Dataset.App> apps, int chatsPerApp, int few) {
    Random random = new Random(1);
    int[] chats = random.ints(0, apps.size() * chatsPerApp).distinct().limit(few).toArray();
    return of("%,d chats".formatted(few), apps, chatsPerApp, i -> chats[random.nextInt(few)]);
  }

  /** Follows Zipf's law with exponent 1: the busiest chat gets about an eighth of all messages. */
  public static Mix zipf(List<Dataset.App> apps, int chatsPerApp) {
    int chats = apps.size() * chatsPerApp;
    double[] cumulated = new double[chats];
    double sum = 0;
    for (int i = 0; i < chats; i++) {
      sum += 1.0 / (i + 1);
      cumulated[i] = sum;
    }
    double total = sum;
    Random random = new Random(1);
    return of(
        "%,d chats, Zipf".formatted(chats),
        apps,
        chatsPerApp,
        i -> {
          int found = Arrays.binarySearch(cumulated, random.nextDouble() * total);
          return Math.min(chats - 1, found < 0 ? -found - 1 : found);
        });
  }

  private static Mix of(
      String name, List<Dataset.App> apps, int chatsPerApp, IntUnaryOperator chatOf) {
    List<String> bodies = new ArrayList<>();
    for (int i = 0; i < BODIES; i++) {
      bodies.add(Text.body(i));
    }
    List<Draw> draws = new ArrayList<>();
    for (int i = 0; i < DRAWS; i++) {
      int chat = chatOf.applyAsInt(i);
      // Chats that are neighbours in rank are in different apps.
      Dataset.App app = apps.get(chat % apps.size());
      long number = 1 + (long) (chat / apps.size()) % chatsPerApp;
      draws.add(new Draw(app, number, bodies.get(i % BODIES)));
    }
    return new Mix(name, draws);
  }

  /** Requests with one message each. */
  public List<byte[]> posts() {
    return draws.stream()
        .map(
            draw ->
                HttpFormat.post(
                    draw.app().messagesPath(draw.chat()),
                    "application/json",
                    Text.json(draw.body())))
        .toList();
  }

  /** Requests with {@code size} messages each, all of them to one chat. */
  public List<byte[]> batches(int size) {
    List<byte[]> batches = new ArrayList<>();
    for (int i = 0; i + size <= draws.size(); i += size) {
      StringBuilder lines = new StringBuilder();
      draws.subList(i, i + size).forEach(draw -> lines.append(Text.json(draw.body())).append('\n'));
      Draw first = draws.get(i);
      batches.add(
          HttpFormat.post(
              first.app().messagesPath(first.chat()), "application/x-ndjson", lines.toString()));
    }
    return batches;
  }
}
