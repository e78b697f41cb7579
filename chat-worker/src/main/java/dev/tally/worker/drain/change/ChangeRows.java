package dev.tally.worker.drain.change;

import dev.tally.common.identity.ChatKey;
import dev.tally.common.queue.ChatChange;
import dev.tally.common.queue.Job;
import dev.tally.common.queue.JobCodec;
import dev.tally.common.queue.MessageChange;
import dev.tally.common.queue.UndecodableJobException;
import dev.tally.worker.drain.erasure.ErasureRows;
import dev.tally.worker.drain.sql.Batches;
import dev.tally.worker.drain.sql.Parameters;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * The statements that read and write changes. They run in the caller's transaction, which has
 * locked the chats, and are SQL that MySQL and MariaDB share.
 */
public final class ChangeRows {

  private static final String FINGERPRINTS =
      """
      SELECT changes.app_id, changes.chat_number, changes.number, changes.fingerprint
      FROM JSON_TABLE(?, '$[*]' COLUMNS (
             app_id BIGINT PATH '$[0]', chat_number BIGINT PATH '$[1]',
             number BIGINT PATH '$[2]')) AS wanted
      STRAIGHT_JOIN changes FORCE INDEX (PRIMARY)
        ON changes.app_id = wanted.app_id AND changes.chat_number = wanted.chat_number
        AND changes.number = wanted.number""";

  private static final String PENDING =
      """
      SELECT changes.app_id, changes.chat_number, changes.number, changes.job
      FROM JSON_TABLE(?, '$[*]' COLUMNS (
             app_id BIGINT PATH '$[0]', chat_number BIGINT PATH '$[1]',
             number BIGINT PATH '$[2]')) AS wanted
      STRAIGHT_JOIN changes FORCE INDEX (changes_message)
        ON changes.app_id = wanted.app_id AND changes.chat_number = wanted.chat_number
        AND changes.message_number = wanted.number
      WHERE changes.effect = 'pending'
      ORDER BY changes.app_id, changes.chat_number, changes.number""";

  private static final String INSERT =
      """
      INSERT INTO changes
        (app_id, chat_number, number, message_number, kind, effect, author, body, metadata,
         fingerprint, job, created_at)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""";

  private static final String SETTLE =
      """
      UPDATE changes SET effect = ?, body = ?, metadata = ?, job = NULL
      WHERE app_id = ? AND chat_number = ? AND number = ?""";

  private static final String CHANGE_MESSAGE =
      """
      UPDATE messages
      SET body = ?, metadata = ?, revision = ?, edited_at = ?, deleted_at = ?,
          created_fingerprint = COALESCE(created_fingerprint, ?)
      WHERE app_id = ? AND chat_number = ? AND number = ?""";

  private static final String CHANGE_CHAT =
      """
      UPDATE chats
      SET name = ?, metadata = ?, revision = ?, edited_at = ?, deleted_at = ?,
          created_fingerprint = COALESCE(created_fingerprint, ?)
      WHERE app_id = ? AND number = ?""";

  /**
   * A message may have any number of changes, and a transaction has to end. {@link
   * ErasureRows#requestHistories} has the others blanked. The index is named, or MySQL may look
   * through all changes of the chat in their order.
   */
  static final String BLANK =
      """
      UPDATE changes FORCE INDEX (changes_message) SET body = NULL, metadata = NULL
      WHERE app_id = ? AND chat_number = ? AND message_number = ?
      ORDER BY number DESC LIMIT %d"""
          .formatted(ErasureRows.BLANKED);

  private static final String ADD_COUNTS =
      """
      UPDATE chats
      SET changes_count = changes_count + ?, pending_count = pending_count + ?,
          deleted_count = deleted_count + ?
      WHERE app_id = ? AND number = ?""";

  private final JdbcClient jdbc;
  private final Batches batches;
  private final JobCodec codec;

  /** Statements over these connections. */
  public ChangeRows(JdbcClient jdbc, Batches batches, JobCodec codec) {
    this.jdbc = jdbc;
    this.batches = batches;
    this.codec = codec;
  }

  /** The primary key of a change's row. */
  public record Key(ChatKey chat, long number) {}

  /**
   * A change that waits for its message.
   *
   * @param chat the chat of both
   */
  public record Pending(ChatKey chat, Job.ChangedMessage job) {}

  /**
   * The fingerprints of changes; no result has what does not exist.
   *
   * @param numbers the changes' numbers, by chat
   */
  public Map<Key, Fingerprint> fingerprints(SortedMap<ChatKey, List<Long>> numbers) {
    Map<Key, Fingerprint> found = new HashMap<>();
    if (!numbers.isEmpty()) {
      jdbc.sql(FINGERPRINTS)
          .param(Parameters.keys(numbers))
          .query(
              row -> {
                found.put(new Key(chat(row), row.getLong(3)), Fingerprint.of(row.getBytes(4)));
              });
    }
    return found;
  }

  /**
   * The changes that wait for these messages, in the order of their numbers.
   *
   * @param messages the messages' numbers, by chat
   */
  public List<Pending> pending(SortedMap<ChatKey, List<Long>> messages) {
    return messages.isEmpty()
        ? List.of()
        : jdbc.sql(PENDING)
            .param(Parameters.keys(messages))
            .query((row, _) -> new Pending(chat(row), decoded(row.getString(4))))
            .list();
  }

  private Job.ChangedMessage decoded(String job) {
    try {
      return (Job.ChangedMessage) codec.decode(job);
    } catch (UndecodableJobException e) {
      throw new IllegalStateException("a pending change is no job", e);
    }
  }

  /**
   * Writes the changes, and what they make of the messages and chats, whose rows exist by now.
   *
   * @param created the fingerprints of the changed messages and chats as they were created, by key
   */
  public void write(ChangePlan plan, Map<Object, Fingerprint> created) {
    batches.run(INSERT, plan.added(), this::bind);
    batches.run(
        SETTLE,
        plan.settled(),
        (statement, change) -> {
          statement.setString(1, change.effect().slug());
          bindBefore(statement, 2, change);
          bindKey(statement, 4, change.chat(), change.job().number());
        });
    batches.run(
        CHANGE_MESSAGE,
        plan.changed().entrySet(),
        (statement, entry) -> {
          MessageVersion version = entry.getValue();
          statement.setString(1, version.content().body());
          statement.setString(2, version.content().metadata());
          statement.setLong(3, version.revision());
          statement.setObject(4, utcIfThere(version.editedAt()));
          statement.setObject(5, utcIfThere(version.deletedAt()));
          bindFingerprint(statement, 6, created.get(entry.getKey()));
          bindKey(statement, 7, entry.getKey().chat(), entry.getKey().number());
        });
    batches.run(
        CHANGE_CHAT,
        plan.changedChats().entrySet(),
        (statement, entry) -> {
          ChatVersion version = entry.getValue();
          statement.setString(1, version.content().name());
          statement.setString(2, version.content().metadata());
          statement.setLong(3, version.revision());
          statement.setObject(4, utcIfThere(version.editedAt()));
          statement.setObject(5, utcIfThere(version.deletedAt()));
          bindFingerprint(statement, 6, created.get(entry.getKey()));
          statement.setLong(7, entry.getKey().appId());
          statement.setLong(8, entry.getKey().number());
        });
    batches.run(
        BLANK,
        plan.deleted().keySet(),
        (statement, message) -> bindKey(statement, 1, message.chat(), message.number()));
    batches.run(
        ADD_COUNTS,
        plan.counts().entrySet(),
        (statement, entry) -> {
          statement.setInt(1, entry.getValue().changes());
          statement.setInt(2, entry.getValue().pending());
          statement.setInt(3, entry.getValue().deleted());
          statement.setLong(4, entry.getKey().appId());
          statement.setLong(5, entry.getKey().number());
        });
  }

  private void bind(PreparedStatement statement, ChangePlan.Applied change) throws SQLException {
    Job.Change job = change.job();
    bindKey(statement, 1, change.chat(), job.number());
    statement.setObject(
        4, job instanceof Job.ChangedMessage message ? message.message().number() : null);
    statement.setString(5, isEdit(job) ? "edit" : "delete");
    statement.setString(6, change.effect().slug());
    statement.setString(7, job.author());
    bindBefore(statement, 8, change);
    statement.setBytes(10, Fingerprint.ofChange(job).bytes());
    // A chat has a row when it is changed, so only changes of messages wait.
    statement.setString(
        11,
        change.effect() == Effect.PENDING && job instanceof Job.ChangedMessage waiting
            ? encoded(waiting)
            : null);
    statement.setObject(12, Parameters.utc(job.acceptedAt()));
  }

  private static boolean isEdit(Job.Change job) {
    return switch (job) {
      case Job.ChangedMessage change -> change.change() instanceof MessageChange.Edit;
      case Job.ChangedChat change -> change.change() instanceof ChatChange.Edit;
    };
  }

  private static void bindFingerprint(
      PreparedStatement statement, int index, @Nullable Fingerprint fingerprint)
      throws SQLException {
    statement.setBytes(index, fingerprint == null ? null : fingerprint.bytes());
  }

  private String encoded(Job.ChangedMessage job) {
    return codec.openChange(
            job.message(),
            job.change(),
            job.author(),
            job.expectedRevision(),
            job.acceptedAt(),
            job.traceparent())
        + job.number()
        + "}";
  }

  private static void bindBefore(PreparedStatement statement, int index, ChangePlan.Applied change)
      throws SQLException {
    ChangePlan.Before before = change.before();
    statement.setString(index, before == null ? null : before.text());
    statement.setString(index + 1, before == null ? null : before.metadata());
  }

  private static void bindKey(PreparedStatement statement, int index, ChatKey chat, long number)
      throws SQLException {
    statement.setLong(index, chat.appId());
    statement.setLong(index + 1, chat.number());
    statement.setLong(index + 2, number);
  }

  private static ChatKey chat(ResultSet row) throws SQLException {
    return new ChatKey(row.getLong(1), row.getLong(2));
  }

  private static @Nullable LocalDateTime utcIfThere(@Nullable Instant instant) {
    return instant == null ? null : Parameters.utc(instant);
  }
}
