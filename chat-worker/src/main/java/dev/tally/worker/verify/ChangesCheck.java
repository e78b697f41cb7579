package dev.tally.worker.verify;

import dev.tally.common.accept.counter.Parent;
import dev.tally.common.identity.ChatName;
import dev.tally.worker.verify.NumbersCheck.Rows;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Checks the counts of changes, and that each change and each deleted message is counted. */
@Component
class ChangesCheck {

  private static final String CHANGES =
      """
      SELECT chat_number, COUNT(*), MIN(number), MAX(number),
             COALESCE(SUM(effect = 'pending'), 0)
      FROM changes
      WHERE app_id = :app AND chat_number BETWEEN :first AND :last
      GROUP BY chat_number""";

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
   */
  record Changes(Rows rows, long pending) {
    static final Changes NONE = new Changes(Rows.NONE, 0);
  }

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
    Map<Long, Changes> changes = new HashMap<>();
    jdbc.sql(CHANGES)
        .param("app", app)
        .param("first", first)
        .param("last", last)
        .query(
            row -> {
              Rows rows = new Rows(row.getLong(2), row.getLong(3), row.getLong(4));
              changes.put(row.getLong(1), new Changes(rows, row.getLong(5)));
            });
    return changes;
  }

  /**
   * Checks the counts of a chat.
   *
   * @param deleted how many of its messages are deleted
   */
  static void check(
      Findings findings, ChatName chat, Counts counts, Changes changes, long deleted) {
    String name = new Parent.Changes(chat).name();
    compare(findings, name, "changes_count", counts.changes(), changes.rows().count());
    compare(findings, name, "pending_count", counts.pending(), changes.pending());
    compare(findings, name, "deleted_count", counts.deleted(), deleted);
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
