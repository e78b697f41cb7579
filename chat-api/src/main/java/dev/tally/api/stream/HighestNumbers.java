package dev.tally.api.stream;

import dev.tally.common.identity.ChatKey;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** Asks MySQL how far chats have come, many at once. */
@Component
class HighestNumbers {

  /** What one query is about at most. */
  static final int MAX_CHATS = 500;

  /** A look at the end of the primary key for each chat, however many messages it has. */
  private static final String QUERY =
      """
      SELECT c.app_id, c.number,
             (SELECT m.number FROM messages m
              WHERE m.app_id = c.app_id AND m.chat_number = c.number
              ORDER BY m.number DESC LIMIT 1)
      FROM chats c
      WHERE\s""";

  private static final String CHAT = "(c.app_id = ? AND c.number = ?)";

  private final JdbcTemplate jdbc;

  HighestNumbers(JdbcTemplate jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * Raises chats to their highest persisted messages.
   *
   * @param watches at most {@value #MAX_CHATS}
   * @return for how many of them that was news
   * @throws RuntimeException from Spring's hierarchies if MySQL does not answer
   */
  @Transactional(readOnly = true)
  public int raise(Collection<ChatWatch> watches) {
    Map<ChatKey, ChatWatch> byKey = new HashMap<>();
    List<Object> arguments = new ArrayList<>();
    for (ChatWatch watch : watches) {
      ChatKey key = watch.chat().key();
      byKey.put(key, watch);
      arguments.add(key.appId());
      arguments.add(key.number());
    }
    AtomicInteger news = new AtomicInteger();
    jdbc.query(
        QUERY + String.join(" OR ", Collections.nCopies(watches.size(), CHAT)),
        row -> {
          ChatWatch watch = byKey.get(new ChatKey(row.getLong(1), row.getLong(2)));
          // no message yet: NULL, which is read as 0
          if (watch != null && watch.raise(row.getLong(3))) {
            news.incrementAndGet();
          }
        },
        arguments.toArray());
    return news.get();
  }
}
