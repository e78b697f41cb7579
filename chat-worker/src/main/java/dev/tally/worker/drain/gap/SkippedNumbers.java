package dev.tally.worker.drain.gap;

import dev.tally.common.accept.counter.Parent;
import dev.tally.common.identity.NumberRange;
import dev.tally.worker.drain.sql.Parameters;
import dev.tally.worker.numbers.MissingNumbers;
import java.util.ArrayList;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Finds the numbers that new rows leave out. The statements run in the caller's transaction, which
 * has locked the parents, and are SQL that MySQL and MariaDB share.
 */
public final class SkippedNumbers {

  /** Ordered and limited, because a correlated MAX would read all rows of the parent. */
  private static final String HIGHEST_CHATS =
      """
      SELECT COALESCE((SELECT number FROM chats WHERE app_id = wanted.app_id
                       ORDER BY number DESC LIMIT 1), 0)
      FROM JSON_TABLE(?, '$[*]' COLUMNS (
             place FOR ORDINALITY, app_id BIGINT PATH '$')) AS wanted
      ORDER BY wanted.place""";

  private static final String HIGHEST_MESSAGES =
      """
      SELECT COALESCE((SELECT number FROM messages
                       WHERE app_id = wanted.app_id AND chat_number = wanted.number
                       ORDER BY number DESC LIMIT 1), 0)
      FROM JSON_TABLE(?, '$[*]' COLUMNS (
             place FOR ORDINALITY, app_id BIGINT PATH '$[0]', number BIGINT PATH '$[1]')) AS wanted
      ORDER BY wanted.place""";

  private static final String HIGHEST_CHANGES =
      """
      SELECT COALESCE((SELECT number FROM changes
                       WHERE app_id = wanted.app_id AND chat_number = wanted.number
                       ORDER BY number DESC LIMIT 1), 0)
      FROM JSON_TABLE(?, '$[*]' COLUMNS (
             place FOR ORDINALITY, app_id BIGINT PATH '$[0]', number BIGINT PATH '$[1]')) AS wanted
      ORDER BY wanted.place""";

  private final JdbcClient jdbc;

  /** Statements over this connection. */
  public SkippedNumbers(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * The numbers between the highest row before and the highest new one that are not among the new
   * ones. To be called before the new rows are inserted; asks nothing if there is no jump.
   */
  public MissingNumbers of(List<Jump> jumps) {
    List<Jump> ofApps = new ArrayList<>();
    List<Jump> ofChats = new ArrayList<>();
    List<Jump> ofChanges = new ArrayList<>();
    List<Long> apps = new ArrayList<>();
    List<List<Long>> chats = new ArrayList<>();
    List<List<Long>> changedChats = new ArrayList<>();
    for (Jump jump : jumps) {
      switch (jump.parent()) {
        case Parent.App _ -> {
          ofApps.add(jump);
          apps.add(jump.appId());
        }
        case Parent.Chat chat -> {
          ofChats.add(jump);
          chats.add(List.of(jump.appId(), chat.chat().number()));
        }
        case Parent.Changes chat -> {
          ofChanges.add(jump);
          changedChats.add(List.of(jump.appId(), chat.chat().number()));
        }
        case Parent.Unnumbered _ -> throw new IllegalArgumentException("it has no numbers");
      }
    }
    MissingNumbers skipped = new MissingNumbers();
    add(ofApps, highest(HIGHEST_CHATS, apps), skipped);
    add(ofChats, highest(HIGHEST_MESSAGES, chats), skipped);
    add(ofChanges, highest(HIGHEST_CHANGES, changedChats), skipped);
    return skipped;
  }

  private List<Long> highest(String sql, List<?> keys) {
    return keys.isEmpty()
        ? List.of()
        : jdbc.sql(sql).param(Parameters.array(keys)).query((row, _) -> row.getLong(1)).list();
  }

  private static void add(List<Jump> jumps, List<Long> highest, MissingNumbers skipped) {
    for (int i = 0; i < jumps.size(); i++) {
      Jump jump = jumps.get(i);
      long next = highest.get(i) + 1;
      for (long number : jump.numbers()) {
        if (number > next) {
          skipped.add(jump.parent(), new NumberRange(next, number - 1));
        }
        next = Math.max(next, number + 1);
      }
    }
  }
}
