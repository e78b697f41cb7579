package dev.tally.bench.data;

import dev.tally.common.identity.AppToken;
import dev.tally.common.identity.ChatName;
import dev.tally.common.partition.PartitionKeys;
import dev.tally.common.partition.Partitions;
import dev.tally.testkit.Servers;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * Loads apps, chats and messages in bulk. MySQL and Redis then agree, as if the services had
 * written them. The search index stays empty until {@link #index}.
 */
public final class Dataset {

  /** The default number of partitions of the services. */
  public static final int PARTITIONS = 16;

  private static final int TEXTS = 1000;
  private static final String APP =
      """
      INSERT INTO apps (id, token, name, chats_count, created_at, updated_at)
      VALUES (?, ?, 'Bench', ?, UTC_TIMESTAMP(6), UTC_TIMESTAMP(6))\
      """;

  /** A recursion of a thousand rows is the deepest that servers allow without other settings. */
  private static final String CHATS =
      """
      INSERT INTO chats (app_id, number, messages_count, created_at)
      WITH RECURSIVE thousand (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM thousand WHERE i < 999)
      SELECT ?, 1 + high.i * 1000 + low.i, ?, UTC_TIMESTAMP(6)
      FROM thousand high CROSS JOIN thousand low
      WHERE high.i <= ? DIV 1000 AND high.i * 1000 + low.i < ?\
      """;

  /** Gives each chat copies of the same texts. The join has the order of the primary key. */
  private static final String MESSAGES =
      """
      INSERT INTO messages (app_id, chat_number, number, body, created_at)
      WITH RECURSIVE copies (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM copies WHERE i + 1 < ?)
      SELECT STRAIGHT_JOIN c.app_id, c.number, copies.i * ? + texts.number, body, UTC_TIMESTAMP(6)
      FROM chats c
      CROSS JOIN copies
      CROSS JOIN JSON_TABLE(
        ?, '$[*]' COLUMNS (number FOR ORDINALITY, body VARCHAR(255) PATH '$')) AS texts
      WHERE c.app_id = ?\
      """;

  private static final String OUTBOX =
      """
      INSERT INTO search_outbox
        (partition_number, app_id, chat_number, first_number, last_number, due_at)
      SELECT ?, app_id, number, 1, messages_count, UTC_TIMESTAMP(6) FROM chats WHERE app_id = ?\
      """;

  private final Servers servers;
  private final JdbcTemplate jdbc;
  // A fixed seed gives every run the same tokens, and so the same partitions.
  private final Random random = new Random(7);
  private long lastId;

  /** Loads into servers without apps. */
  public Dataset(Servers servers) {
    this.servers = servers;
    this.jdbc = servers.database().jdbc();
  }

  /**
   * An app.
   *
   * @param id the id of the app's row
   * @param chats the number of its chats
   */
  public record App(long id, AppToken token, int chats) {

    /** The name of one of the app's chats. */
    public ChatName chat(long number) {
      return new ChatName(token, number);
    }

    /** The names of the app's keys in Redis. */
    public PartitionKeys keys() {
      return new Partitions(PARTITIONS).of(token);
    }

    /** The path of a chat's messages, for writes and for reads. */
    public String messagesPath(long chat) {
      return "/apps/%s/chats/%d/messages".formatted(token.value(), chat);
    }
  }

  /** Creates apps with empty chats. */
  public List<App> apps(int count, int chats) {
    return apps(count, chats, 0);
  }

  /**
   * Creates apps with chats that have messages.
   *
   * @param chats the number of chats of each app
   * @param messages the number of messages of each chat, a multiple of {@value #TEXTS} if higher
   */
  public List<App> apps(int count, int chats, int messages) {
    return Stream.generate(() -> app(chats, messages)).limit(count).toList();
  }

  private App app(int chats, int messages) {
    byte[] bytes = new byte[16];
    random.nextBytes(bytes);
    String token = HexFormat.of().formatHex(bytes);
    long id = ++lastId;
    jdbc.update(APP, id, token, chats);
    jdbc.update(CHATS, id, messages, chats, chats);
    if (messages > 0) {
      int texts = Math.min(messages, TEXTS);
      jdbc.update(MESSAGES, messages / texts, texts, texts(texts), id);
    }
    App app = new App(id, new AppToken(token), chats);
    Map<String, String> counters = new HashMap<>();
    counters.put(app.keys().chats(app.token()), Integer.toString(chats));
    for (int chat = 1; chat <= chats; chat++) {
      counters.put(app.keys().messages(app.chat(chat)), Integer.toString(messages));
    }
    servers.redis().putAll(PartitionKeys.NUMBERS, counters);
    servers
        .redis()
        .putAll(PartitionKeys.ACCESS, Map.of(app.keys().chats(app.token()), PartitionKeys.OPEN));
    return app;
  }

  private static String texts(int count) {
    return LongStream.rangeClosed(1, count)
        .mapToObj(number -> '"' + Text.body(number) + '"')
        .collect(Collectors.joining(",", "[", "]"));
  }

  /** Adds all chats of an app to the outbox, so that a worker indexes them. */
  public void index(App app) {
    jdbc.update(OUTBOX, app.keys().partition(), app.id());
  }
}
