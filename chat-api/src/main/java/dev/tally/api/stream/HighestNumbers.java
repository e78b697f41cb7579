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
   * A look at the end of the primary key for each chat, however many messages it has, and another
   * one for its changes if a stream wants them. The whole key is named in {@code ORDER BY}: with
   * the number alone, MySQL reads and sorts all messages of the chat.
   */
  private static final String HIGHEST =
      """
      SELECT wanted.app_id, wanted.number,
             (SELECT messages.number FROM messages FORCE INDEX (PRIMARY)
              WHERE messages.app_id = wanted.app_id AND messages.chat_number = wanted.number
              ORDER BY messages.app_id DESC, messages.chat_number DESC, messages.number DESC
              LIMIT 1),
             CASE WHEN wanted.is_followed = 1 THEN
               (SELECT changes.number FROM changes FORCE INDEX (PRIMARY)
                WHERE changes.app_id = wanted.app_id AND changes.chat_number = wanted.number
                ORDER BY changes.app_id DESC, changes.chat_number DESC, changes.number DESC
                LIMIT 1) END,
             (SELECT apps.deleted_at IS NOT NULL OR chats.deleted_at IS NOT NULL
              FROM apps LEFT JOIN chats ON chats.app_id = apps.id AND chats.number = wanted.number
              WHERE apps.id = wanted.app_id)
      FROM JSON_TABLE(?, '$[*]' COLUMNS (
             app_id BIGINT PATH '$[0]', number BIGINT PATH '$[1]',
             is_followed BIGINT PATH '$[2]')) AS wanted""";

  private static final String HIGHEST_CHANGE =
      "SELECT COALESCE(MAX(number), 0) FROM changes WHERE app_id = ? AND chat_number = ?";

  private final JdbcTemplate jdbc;

  HighestNumbers(JdbcTemplate jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * The number of the last persisted change of a chat; 0 if there is none. No replica answers this:
   * a stream that begins after an earlier change would send what its client has read.
   *
   * @throws RuntimeException from Spring's hierarchies if MySQL does not answer
   */
  public long ofChange(ChatKey chat) {
    Long highest = jdbc.queryForObject(HIGHEST_CHANGE, Long.class, chat.appId(), chat.number());
    return highest == null ? 0 : highest;
  }

  /**
   * Raises chats to their highest persisted messages, and those with streams that want changes to
   * their highest persisted changes. Ends the streams of chats and apps that are deleted; the row
   * of a deleted app's chat may be erased already.
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
        byKey.entrySet().stream()
            .map(
                entry ->
                    List.of(
                        entry.getKey().appId(),
                        entry.getKey().number(),
                        entry.getValue().isFollowed() ? 1L : 0L))
            .toList();
    AtomicInteger news = new AtomicInteger();
    jdbc.query(
        HIGHEST,
        row -> {
          ChatWatch watch = byKey.get(new ChatKey(row.getLong(1), row.getLong(2)));
          // A chat without messages or changes has NULL, which is read as 0.
          if (watch != null && raise(watch, row.getLong(3), row.getLong(4))) {
            news.incrementAndGet();
          }
          // After that: streams with changes have the deletion to send.
          if (watch != null && row.getBoolean(5)) {
            watch.endAsDeleted();
          }
        },
        JsonMapper.shared().writeValueAsString(keys));
    return news.get();
  }

  private static boolean raise(ChatWatch watch, long message, long change) {
    boolean isNewMessage = watch.raise(message);
    return watch.raiseChange(change) || isNewMessage;
  }
}
