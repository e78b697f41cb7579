package dev.tally.bench.system;

import dev.tally.common.identity.AppToken;
import dev.tally.common.identity.ChatName;
import dev.tally.common.partition.PartitionKeys;
import dev.tally.common.partition.Partitions;
import dev.tally.testkit.Servers;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.LongStream;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * Loads apps, chats and messages in bulk. MySQL and Redis then agree, as if the services had
 * written them. The search index stays empty until {@link #index}.
 */
public final class Dataset {

  private static final int ROWS_A_STATEMENT = 1000;
  private static final int ROWS_A_COPY = 100_000;
  private static final Partitions PARTITIONS = new Partitions(Queues.PARTITIONS);

  private final Servers servers;
  // A fixed seed gives every run the same tokens, and so the same partitions.
  private final Random random = new Random(7);

  public Dataset(Servers servers) {
    this.servers = servers;
  }

  /**
   * An app.
   *
   * @param id the id of the app's row
   */
  public record App(long id, AppToken token) {

    /** The name of one of the app's chats. */
    public ChatName chat(long number) {
      return new ChatName(token, number);
    }

    /** The names of the app's keys in Redis. */
    public PartitionKeys keys() {
      return PARTITIONS.of(token);
    }

    /** The path of a chat's messages, for writes and for reads. */
    public String messagesPath(long chat) {
      return "/apps/%s/chats/%d/messages".formatted(token.value(), chat);
    }
  }

  /** Creates apps with {@code chats} empty chats each. */
  public List<App> apps(int count, int chats) {
    List<App> apps = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      apps.add(app(chats));
    }
    return apps;
  }

  private App app(int chats) {
    byte[] bytes = new byte[16];
    random.nextBytes(bytes);
    String token = HexFormat.of().formatHex(bytes);
    JdbcTemplate jdbc = servers.database().jdbc();
    jdbc.update(
        """
        INSERT INTO apps (token, name, chats_count, created_at, updated_at)
        VALUES (?, 'Bench', ?, UTC_TIMESTAMP(6), UTC_TIMESTAMP(6))\
        """,
        token,
        chats);
    Long id = jdbc.queryForObject("SELECT id FROM apps WHERE token = ?", Long.class, token);
    if (id == null) {
      throw new IllegalStateException("the app's row does not exist");
    }
    App app = new App(id, new AppToken(token));
    List<Long> numbers = LongStream.rangeClosed(1, chats).boxed().toList();
    jdbc.batchUpdate(
        "INSERT INTO chats (app_id, number, messages_count, created_at) VALUES (?, ?, 0,"
            + " UTC_TIMESTAMP(6))",
        numbers,
        ROWS_A_STATEMENT,
        (statement, number) -> {
          statement.setLong(1, id);
          statement.setLong(2, number);
        });
    Map<String, String> counters = new LinkedHashMap<>();
    counters.put(app.keys().chats(app.token()), Integer.toString(chats));
    for (int chat = 1; chat <= chats; chat++) {
      counters.put(app.keys().messages(app.chat(chat)), "0");
    }
    servers.redis().setAll(counters);
    return app;
  }

  /** Fills an empty chat. */
  public void fill(App app, long chat, long messages) {
    JdbcTemplate jdbc = servers.database().jdbc();
    long there = Math.min(messages, ROWS_A_STATEMENT);
    jdbc.batchUpdate(
        "INSERT INTO messages (app_id, chat_number, number, body, created_at) VALUES (?, ?,"
            + " ?, ?, UTC_TIMESTAMP(6))",
        LongStream.rangeClosed(1, there).boxed().toList(),
        ROWS_A_STATEMENT,
        (statement, number) -> {
          statement.setLong(1, app.id());
          statement.setLong(2, chat);
          statement.setLong(3, number);
          statement.setString(4, Text.body(number));
        });
    while (there < messages) {
      long more = Math.min(there, Math.min(messages - there, ROWS_A_COPY));
      jdbc.update(
          """
          INSERT INTO messages
          SELECT app_id, chat_number, number + ?, body, created_at FROM messages
          WHERE app_id = ? AND chat_number = ? AND number <= ?\
          """,
          there,
          app.id(),
          chat,
          more);
      there += more;
    }
    counted(app, chat, chat, messages);
  }

  /** Fills all other chats of an app with the messages of its first chat. */
  public void fillLikeFirst(App app, int chats, long messages) {
    JdbcTemplate jdbc = servers.database().jdbc();
    long chatsACopy = Math.max(1, ROWS_A_COPY / messages);
    for (long chat = 2; chat <= chats; chat += chatsACopy) {
      jdbc.update(
          """
          INSERT INTO messages
          SELECT c.app_id, c.number, m.number, m.body, m.created_at
          FROM chats c JOIN messages m ON m.app_id = c.app_id AND m.chat_number = 1
          WHERE c.app_id = ? AND c.number BETWEEN ? AND ?\
          """,
          app.id(),
          chat,
          Math.min(chats, chat + chatsACopy - 1));
    }
    if (chats > 1) {
      counted(app, 2, chats, messages);
    }
  }

  private void counted(App app, long firstChat, long lastChat, long messages) {
    servers
        .database()
        .jdbc()
        .update(
            "UPDATE chats SET messages_count = ? WHERE app_id = ? AND number BETWEEN ? AND" + " ?",
            messages,
            app.id(),
            firstChat,
            lastChat);
    Map<String, String> counters = new LinkedHashMap<>();
    for (long chat = firstChat; chat <= lastChat; chat++) {
      counters.put(app.keys().messages(app.chat(chat)), Long.toString(messages));
    }
    servers.redis().setAll(counters);
  }

  /** Adds a filled chat to the outbox, so that a worker indexes it. */
  public void index(App app, long chat, long messages) {
    servers
        .database()
        .jdbc()
        .update(
            """
            INSERT INTO search_outbox
              (partition_number, app_id, chat_number, first_number, last_number, due_at)
            VALUES (?, ?, ?, 1, ?, UTC_TIMESTAMP(6))\
            """,
            app.keys().partition(),
            app.id(),
            chat,
            messages);
  }
}
