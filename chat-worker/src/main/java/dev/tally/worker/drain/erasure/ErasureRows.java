package dev.tally.worker.drain.erasure;

import dev.tally.worker.drain.sql.Batches;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.List;

/** Writes rows of {@code erasures}. The statements run in the caller's transaction. */
public final class ErasureRows {

  /**
   * The chat 0 stands for all chats. A later request has the app looked through from the beginning
   * again; one that is delivered again changes nothing. MySQL assigns from left to right, so the
   * time comes last.
   */
  private static final String REQUEST =
      """
      INSERT INTO erasures (app_id, chat_number, author, requested_at) VALUES (?, 0, ?, ?)
      ON DUPLICATE KEY UPDATE
        seen_chat = IF(requested_at < VALUES(requested_at), 0, seen_chat),
        seen_message = IF(requested_at < VALUES(requested_at), 0, seen_message),
        rows_erased_at = IF(requested_at < VALUES(requested_at), NULL, rows_erased_at),
        requested_at = GREATEST(requested_at, VALUES(requested_at))""";

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
          statement.setString(2, request.author());
          statement.setObject(3, utc(request));
        });
  }

  private static LocalDateTime utc(ErasureRequest request) {
    return LocalDateTime.ofInstant(request.requestedAt(), ZoneOffset.UTC);
  }
}
