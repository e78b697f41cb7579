package dev.tally.worker.drain.change;

import dev.tally.common.queue.MessageChange;
import dev.tally.worker.WorkerFixture;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;

/** A running worker, and an app whose chat has messages that change. */
abstract class ChangesFixture {

  static final MessageChange DELETION = new MessageChange.Deletion();

  static WorkerFixture fixture;

  String app;
  String chat;

  @BeforeAll
  static void start() {
    fixture = new WorkerFixture();
  }

  @AfterAll
  static void stop() {
    fixture.close();
  }

  @BeforeEach
  void newApp() {
    app = fixture.app();
    chat = fixture.chatJob(app, 1);
  }

  void drain(String... jobs) {
    fixture.queue(app, jobs);
    fixture.awaitDrained(app);
  }

  String message(long number, String body) {
    return fixture.messageJob(app, 1, number, body);
  }

  static MessageChange edit(String body) {
    return MessageChange.Edit.all(body, null);
  }

  String change(long number, long message, MessageChange change) {
    return change(number, message, change, null, null);
  }

  String change(
      long number,
      long message,
      MessageChange change,
      @Nullable String author,
      @Nullable Long expectedRevision) {
    return fixture.changeJob(app, 1, message, number, change, author, expectedRevision);
  }

  /** {@code number:body:revision:} and what was done to it last. */
  List<String> messages() {
    return rows(
        """
        SELECT CONCAT(number, ':', body, ':', COALESCE(revision, 'null'), ':',
                      CASE WHEN deleted_at IS NOT NULL THEN 'deleted'
                           WHEN edited_at IS NOT NULL THEN 'edited' ELSE '' END)
        FROM messages WHERE app_id = ? ORDER BY number""");
  }

  List<String> changes() {
    return fixture.changes(app, 1);
  }

  String counts() {
    return rows("""
            SELECT CONCAT(messages_count, ' messages, ', changes_count, ' changes, ',
                          pending_count, ' pending, ', deleted_count, ' deleted')
            FROM chats WHERE app_id = ?""")
        .getFirst();
  }

  String second() {
    return rows("""
            SELECT CONCAT_WS(' ', body, author, COALESCE(metadata, 'null'), reply_to)
            FROM messages WHERE app_id = ? AND number = 2""")
        .getFirst();
  }

  List<String> rows(String sql) {
    return fixture.mysql.sql(sql).param(fixture.id(app)).query((row, _) -> row.getString(1)).list();
  }
}
