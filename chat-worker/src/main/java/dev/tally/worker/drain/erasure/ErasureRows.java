package dev.tally.worker.drain.erasure;

import dev.tally.worker.drain.sql.Batches;
import dev.tally.worker.drain.sql.Parameters;
import java.util.List;

/** Writes rows of {@code erasures}. The statements run in the caller's transaction. */
public final class ErasureRows {

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
}
