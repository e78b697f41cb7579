package dev.tally.worker.drain.erasure;

import dev.tally.common.identity.MessageKey;
import dev.tally.worker.drain.sql.Batches;
import dev.tally.worker.drain.sql.Parameters;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** Writes rows of {@code erasures}. The statements run in the caller's transaction. */
public final class ErasureRows {

  /** How many changes of a deleted message are blanked with the deletion, the latest first. */
  public static final int BLANKED = 20;

  /**
   * Another request has the app looked through from the beginning again, also if the clock of its
   * gateway is behind; one that is delivered again changes nothing. The new time differs from the
   * old one in any case, so that a step that began before ends without a trace. MySQL assigns from
   * left to right, so the time comes last.
   */
  private static final String REQUEST =
      """
      INSERT INTO erasures (app_id, chat_number, author, requested_at) VALUES (?, ?, ?, ?)
      ON DUPLICATE KEY UPDATE
        seen_chat = IF(requested_at <> VALUES(requested_at), 0, seen_chat),
        seen_message = IF(requested_at <> VALUES(requested_at), 0, seen_message),
        rows_erased_at = IF(requested_at <> VALUES(requested_at), NULL, rows_erased_at),
        requested_at = IF(requested_at <> VALUES(requested_at),
          GREATEST(requested_at + INTERVAL 1 MICROSECOND, VALUES(requested_at)), requested_at)""";

  /** Reads no more rows than the deletion has blanked, and one. */
  private static final String REQUEST_HISTORY =
      """
      INSERT INTO erasures (app_id, chat_number, message_number, author, requested_at)
      SELECT app_id, chat_number, message_number, '', ?
      FROM changes FORCE INDEX (changes_message)
      WHERE app_id = ? AND chat_number = ? AND message_number = ?
      ORDER BY number DESC LIMIT 1 OFFSET %d
      ON DUPLICATE KEY UPDATE requested_at = requested_at"""
          .formatted(ErasureRows.BLANKED);

  private final Batches rows;

  /** Statements in batches. */
  public ErasureRows(Batches rows) {
    this.rows = rows;
  }

  /** Records requests. May be repeated. */
  public void request(List<ErasureRequest> requests) {
    rows.run(
        REQUEST,
        requests,
        (statement, request) -> {
          statement.setLong(1, request.appId());
          statement.setLong(2, request.chat());
          statement.setString(3, request.author());
          statement.setObject(4, Parameters.utc(request.requestedAt()));
        });
  }

  /**
   * Requests that the histories of deleted messages are blanked, as far as they are longer than
   * {@value #BLANKED} changes. May be repeated.
   *
   * @param deleted when the messages were deleted; their changes have rows by now
   */
  public void requestHistories(Map<MessageKey, Instant> deleted) {
    rows.run(
        REQUEST_HISTORY,
        deleted.entrySet(),
        (statement, entry) -> {
          MessageKey message = entry.getKey();
          statement.setObject(1, Parameters.utc(entry.getValue()));
          statement.setLong(2, message.chat().appId());
          statement.setLong(3, message.chat().number());
          statement.setLong(4, message.number());
        });
  }
}
