package dev.tally.bench.data;

import dev.tally.bench.load.HttpFormat;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.IntSupplier;

/**
 * A distribution of messages over chats.
 *
 * @param draws messages to send in turn; enough to have the proportions of the mix
 */
public record Mix(String name, List<Draw> draws) {

  private static final int DRAWS = 20_000;
  private static final int BODIES = 2_000;

  /** A message to a chat. */
  public record Draw(Dataset.App app, long chat, String body) {

    /** The path for writing the message. */
    public String path() {
      return app.messagesPath(chat);
    }

    /** The body of the request. */
    public String json() {
      return Text.json(body);
    }
  }

  /** Sends messages to all chats alike. */
  public static Mix even(List<Dataset.App> apps) {
    return few(apps, chats(apps));
  }

  /** Sends messages to a few random chats alike. */
  public static Mix few(List<Dataset.App> apps, int few) {
    Random random = new Random(1);
    int[] chats = random.ints(0, chats(apps)).distinct().limit(few).toArray();
    String name = few == 1 ? "one chat" : "%,d chats".formatted(few);
    return of(name, apps, () -> chats[random.nextInt(few)]);
  }

  /** Follows Zipf's law with exponent 1: the busiest chat gets about a tenth of all messages. */
  public static Mix zipf(List<Dataset.App> apps) {
    int chats = chats(apps);
    Random random = new Random(1);
    // The density of n^u is proportional to 1/x if u is uniform.
    return of(
        "%,d chats, Zipf".formatted(chats),
        apps,
        () -> (int) Math.pow(chats + 1, random.nextDouble()) - 1);
  }

  private static int chats(List<Dataset.App> apps) {
    return apps.stream().mapToInt(Dataset.App::chats).sum();
  }

  private static Mix of(String name, List<Dataset.App> apps, IntSupplier chats) {
    List<Draw> draws = new ArrayList<>();
    for (int i = 0; i < DRAWS; i++) {
      int chat = chats.getAsInt();
      // Chats that are neighbours in rank are in different apps.
      Dataset.App app = apps.get(chat % apps.size());
      draws.add(new Draw(app, 1 + chat / apps.size(), Text.body(i % BODIES)));
    }
    return new Mix(name, draws);
  }

  /** Requests with one message each. */
  public List<byte[]> posts() {
    return draws.stream()
        .map(draw -> HttpFormat.post(draw.path(), "application/json", draw.json()))
        .toList();
  }

  /** Requests with {@code size} messages each, all of them to one chat. */
  public List<byte[]> batches(int size) {
    List<byte[]> batches = new ArrayList<>();
    for (int i = 0; i + size <= draws.size(); i += size) {
      StringBuilder lines = new StringBuilder();
      draws.subList(i, i + size).forEach(draw -> lines.append(draw.json()).append('\n'));
      batches.add(HttpFormat.post(draws.get(i).path(), "application/x-ndjson", lines.toString()));
    }
    return batches;
  }
}
