package dev.tally.worker.erase;

import dev.tally.worker.erase.EraseMetrics.Kind;
import dev.tally.worker.erase.Erasure.Outcome;
import java.util.List;
import java.util.Objects;
import org.springframework.context.annotation.Profile;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Blanks the changes of a deleted message, in the order of their numbers. The deletion itself has
 * blanked the latest of them. No later change says anything, because a deletion is final.
 */
@Component
@Profile("service")
class HistorySteps {

  private static final String NEXT =
      """
      SELECT h.number FROM messages m
      STRAIGHT_JOIN changes h FORCE INDEX (changes_message)
        ON h.app_id = m.app_id AND h.chat_number = m.chat_number AND h.message_number = m.number
      WHERE m.app_id = :app AND m.chat_number = :chat AND m.number = :message
        AND m.deleted_at IS NOT NULL AND h.number > :after
      ORDER BY h.number LIMIT :limit""";

  private static final String BLANK =
      """
      UPDATE changes SET body = NULL, metadata = NULL
      WHERE app_id = :app AND chat_number = :chat AND number IN (:numbers)""";

  private final Erasures erasures;
  private final JdbcClient jdbc;
  private final TransactionTemplate transaction;
  private final EraseMetrics metrics;

  HistorySteps(
      Erasures erasures,
      JdbcClient jdbc,
      PlatformTransactionManager transactions,
      EraseMetrics metrics) {
    this.erasures = erasures;
    this.jdbc = jdbc;
    this.transaction = Rows.transaction(transactions);
    this.metrics = metrics;
  }

  /**
   * Takes a step. It may be repeated, by any worker. It is one transaction, so that what it has
   * read and what it writes are of the same MySQL.
   *
   * @throws org.springframework.dao.DataAccessException if MySQL does not answer
   */
  Outcome step(Erasure erasure) {
    int blanked = Objects.requireNonNull(transaction.execute(_ -> blankSome(erasure)));
    metrics.erased(Kind.HISTORY, blanked);
    return Outcome.MORE;
  }

  private int blankSome(Erasure erasure) {
    Erasure.Key key = erasure.key();
    List<Long> numbers =
        jdbc.sql(NEXT)
            .param("app", key.appId())
            .param("chat", key.chat())
            .param("message", key.message())
            .param("after", erasure.seenChange())
            .param("limit", Rows.STEP)
            .query((row, _) -> row.getLong(1))
            .list();
    if (numbers.size() < Rows.STEP) {
      erasures.remove(erasure);
    } else {
      erasures.blanked(erasure, numbers.getLast());
    }
    return numbers.isEmpty()
        ? 0
        : jdbc.sql(BLANK)
            .param("app", key.appId())
            .param("chat", key.chat())
            .param("numbers", numbers)
            .update();
  }
}
