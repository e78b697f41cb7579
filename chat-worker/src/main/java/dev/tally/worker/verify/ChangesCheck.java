package dev.tally.worker.verify;

import dev.tally.common.accept.counter.Parent;
import dev.tally.common.identity.ChatName;
import dev.tally.worker.verify.NumbersCheck.Rows;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Checks the counts of changes, that each change and each deleted message is counted, and that
 * nothing is left of what a deleted message said.
 */
@Component
class ChangesCheck {

  private static final String CHANGES =
      """
      SELECT chat_number, COUNT(*), MIN(number), MAX(number),
             COALESCE(SUM(effect = 'pending'), 0)
      FROM changes
      WHERE app_id = :app AND chat_number BETWEEN :first AND :last
      GROUP BY chat_number""";

  /**
   * Only of chats with deleted messages. It reads the chat's changes, as {@link #CHANGES} does, and
   * looks up the messages of those that say something: a chat may have far more messages. Workers
   * are still at those that an erasure names.
   */
  private static final String NOT_BLANK =
      """
      SELECT c.number, COUNT(*)
      FROM chats c
      STRAIGHT_JOIN changes h FORCE INDEX (PRIMARY)
        ON h.app_id = c.app_id AND h.chat_number = c.number
      STRAIGHT_JOIN messages m
        ON m.app_id = h.app_id AND m.chat_number = h.chat_number AND m.number = h.message_number
      WHERE c.app_id = :app AND c.number BETWEEN :first AND :last AND c.deleted_count > 0
        AND (h.body IS NOT NULL OR h.metadata IS NOT NULL) AND m.deleted_at IS NOT NULL
        AND NOT EXISTS (SELECT 1 FROM erasures e
                        WHERE e.app_id = h.app_id AND e.chat_number = h.chat_number
                          AND e.message_number = h.message_number)
      GROUP BY c.number""";

  private static final String WITHOUT_CHAT =
      """
      SELECT h.app_id, h.chat_number
      FROM (SELECT DISTINCT app_id, chat_number FROM changes) h
      LEFT JOIN chats c ON c.app_id = h.app_id AND c.number = h.chat_number
      WHERE c.number IS NULL LIMIT :limit""";

  private final JdbcClient jdbc;

  ChangesCheck(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * The changes of a chat.
   *
   * @param pending how many of them wait for their message
   * @param notBlank how many of them say what a deleted message said
   */
  record Changes(Rows rows, long pending, long notBlank) {
    static final Changes NONE = new Changes(Rows.NONE, 0, 0);
  }

  /**
   * The deleted messages of a chat.
   *
   * @param notBlank how many of them still say something
   */
  record Deleted(long count, long notBlank) {}

  /**
   * The counts of a chat.
   *
   * @param changes the column {@code changes_count}
   * @param pending the column {@code pending_count}
   * @param deleted the column {@code deleted_count}
   */
  record Counts(long changes, long pending, long deleted) {}

  /** The changes of the chats from one number to another, by the chat's number. */
  Map<Long, Changes> changes(long app, long first, long last) {
    Map<Long, Long> notBlank = notBlank(app, first, last);
    Map<Long, Changes> changes = new HashMap<>();
    jdbc.sql(CHANGES)
        .param("app", app)
        .param("first", first)
        .param("last", last)
        .query(
            row -> {
              Rows rows = new Rows(row.getLong(2), row.getLong(3), row.getLong(4));
              long chat = row.getLong(1);
              changes.put(chat, new Changes(rows, row.getLong(5), notBlank.getOrDefault(chat, 0L)));
            });
    return changes;
  }

  private Map<Long, Long> notBlank(long app, long first, long last) {
    Map<Long, Long> notBlank = new HashMap<>();
    jdbc.sql(NOT_BLANK)
        .param("app", app)
        .param("first", first)
        .param("last", last)
        .query(
            row -> {
              notBlank.put(row.getLong(1), row.getLong(2));
            });
    return notBlank;
  }

  /** Checks the counts of a chat, and that its deletions have blanked all that they had to. */
  static void check(
      Findings findings, ChatName chat, Counts counts, Changes changes, Deleted deleted) {
    String name = new Parent.Changes(chat).name();
    compare(findings, name, "changes_count", counts.changes(), changes.rows().count());
    compare(findings, name, "pending_count", counts.pending(), changes.pending());
    compare(findings, name, "deleted_count", counts.deleted(), deleted.count());
    checkBlank(findings, name, "deleted messages", deleted.notBlank());
    checkBlank(findings, name, "changes of deleted messages", changes.notBlank());
  }

  private static void checkBlank(Findings findings, String name, String what, long notBlank) {
    if (notBlank > 0) {
      findings.add("%s: %s have left a body or metadata: %d".formatted(name, what, notBlank));
    }
  }

  private static void compare(Findings findings, String name, String what, long count, long rows) {
    if (count != rows) {
      findings.add("%s: %s is %d, but there are %d".formatted(name, what, count, rows));
    }
  }

  /** Finds changes of chats that do not exist. */
  void checkOrphans(Findings findings) {
    List<String> orphans =
        jdbc.sql(WITHOUT_CHAT)
            .param("limit", Findings.SHOWN)
            .query(
                (row, _) ->
                    "changes belong to chat %d of app %d, which does not exist"
                        .formatted(row.getLong(2), row.getLong(1)))
            .list();
    orphans.forEach(findings::add);
  }
}
