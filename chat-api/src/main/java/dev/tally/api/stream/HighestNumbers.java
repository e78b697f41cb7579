package dev.tally.api.stream;

import dev.tally.common.identity.ChatKey;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;
import tools.jackson.databind.json.JsonMapper;

/** Asks MySQL how far chats have come, many at once, and whether their apps are deleted. */
@Component
class HighestNumbers {

  /** What one query is about at most. */
  static final int MAX_CHATS = 500;

  /**
   * A look at the end of the primary key for each chat, however many messages it has. The whole key
   * is named in {@code ORDER BY}: with the number alone, MySQL reads and sorts all messages of the
   * chat.
   */
  private static final String HIGHEST =
      """
      SELECT wanted.app_id, wanted.number,
             (SELECT messages.number FROM messages FORCE INDEX (PRIMARY)
              WHERE messages.app_id = wanted.app_id AND messages.chat_number = wanted.number
              ORDER BY messages.app_id DESC, messages.chat_number DESC, messages.number DESC
              LIMIT 1),
             (SELECT apps.deleted_at IS NOT NULL FROM apps WHERE apps.id = wanted.app_id)
      FROM JSON_TABLE(?, '$[*]' COLUMNS (
             app_id BIGINT PATH '$[0]', number BIGINT PATH '$[1]')) AS wanted""";

  private final JdbcTemplate jdbc;

  HighestNumbers(JdbcTemplate jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * Raises chats to their highest persisted messages, and ends the streams of deleted apps.
   *
   * @param watches at most {@value #MAX_CHATS}
   * @return for how many of them that was news
   * @throws RuntimeException from Spring's hierarchies if MySQL does not answer
   */
  @Transactional(readOnly = true)
  public int raise(Collection<ChatWatch> watches) {
    Map<ChatKey, ChatWatch> byKey = new HashMap<>();
    for (ChatWatch watch : watches) {
      byKey.put(watch.chat().key(), watch);
    }
    List<List<Long>> keys =
        byKey.keySet().stream().map(key -> List.of(key.appId(), key.number())).toList();
    AtomicInteger news = new AtomicInteger();
    jdbc.query(
        HIGHEST,
        row -> {
          ChatWatch watch = byKey.get(new ChatKey(row.getLong(1), row.getLong(2)));
          if (watch != null && row.getBoolean(4)) {
            watch.endAsDeleted();
          }
          // A chat without messages has NULL, which is read as 0.
          if (watch != null && watch.raise(row.getLong(3))) {
            news.incrementAndGet();
          }
        },
        JsonMapper.shared().writeValueAsString(keys));
    return news.get();
  }
}
