package dev.tally.worker.verify;

import dev.tally.common.epoch.PartitionRows;
import dev.tally.common.identity.ChatKey;
import dev.tally.common.identity.MessageKey;
import dev.tally.worker.index.IndexedMessages;
import dev.tally.worker.index.IndexedMessages.Indexed;
import dev.tally.worker.index.Message;
import dev.tally.worker.index.Messages;
import dev.tally.worker.index.lifecycle.SearchIndexes;
import dev.tally.worker.numbers.DeletedParents;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Compares the search index with MySQL, both ways: every persisted message is indexed as it is, or
 * still in the outbox; and every indexed document is a persisted message, and of no revision that
 * the message does not have.
 *
 * <p>A chat or an app that is deleted has no messages, and what is being erased has documents for a
 * while.
 *
 * <p>A document's version is its message's revision, but not in an index of layout 2: there, only
 * texts are compared.
 */
@Component
class SearchCheck {

  private static final String IN_OUTBOX =
      """
      SELECT COUNT(*) FROM search_outbox
      WHERE app_id = :app AND chat_number = :chat
        AND first_number <= :number AND last_number >= :number""";

  private static final String PERSISTED =
      """
      SELECT m.number,
      """
          + Messages.REVISION
          + """
      FROM messages m
      WHERE app_id = :app AND chat_number = :chat AND number IN (:numbers) AND lost_at IS NULL""";

  private static final String BEING_ERASED =
      """
      SELECT COUNT(*) FROM erasures
      WHERE app_id = :app AND chat_number IN (0, :chat) AND message_number = 0
        AND author = ''""";

  private static final int PAGE = 1_000;

  private final JdbcClient jdbc;
  private final Messages persisted;
  private final IndexedMessages indexed;
  private final SearchIndexes indexes;
  private final DeletedParents deleted;
  private final PartitionRows partitions;

  SearchCheck(
      JdbcClient jdbc,
      Messages persisted,
      IndexedMessages indexed,
      SearchIndexes indexes,
      DeletedParents deleted) {
    this.jdbc = jdbc;
    this.persisted = persisted;
    this.indexed = indexed;
    this.indexes = indexes;
    this.deleted = deleted;
    this.partitions = new PartitionRows(jdbc);
  }

  /**
   * Looks for persisted messages in the index, in the caller's snapshot.
   *
   * @return the number of messages that are still in the outbox
   */
  long persistedIsIndexed(Findings findings, LongConsumer progress) {
    boolean hasRevisions = hasRevisions();
    long pending = 0;
    long done = 0;
    MessageKey last = Messages.START;
    while (true) {
      List<Message> page = persisted.after(last, PAGE);
      if (page.isEmpty()) {
        return pending;
      }
      Map<MessageKey, Indexed> documents = indexed.documents(page);
      for (Message message : page) {
        String fault = fault(message, documents.get(message.key()), hasRevisions);
        if (fault == null) {
          continue;
        }
        if (isInOutbox(message.key())) {
          pending++;
        } else if (!deleted.has(message.key().chat())) {
          findings.add("message %s %s".formatted(name(message.key()), fault));
        }
      }
      done += page.size();
      progress.accept(done);
      last = page.getLast().key();
    }
  }

  /** What is wrong with a message's document; null if nothing is. */
  private static @Nullable String fault(
      Message message, @Nullable Indexed document, boolean hasRevisions) {
    if (document == null) {
      return "is not indexed";
    }
    if (hasRevisions && document.version() > message.revision()) {
      // Somebody has changed the message since the snapshot.
      return null;
    }
    if (!message.body().equals(document.body())) {
      return "is indexed with another body";
    }
    // Documents of deleted messages had the revision as their version once.
    return hasRevisions && !message.isDeleted() && document.version() < message.revision()
        ? "has revision %d, and is indexed as of %d"
            .formatted(message.revision(), document.version())
        : null;
  }

  private boolean hasRevisions() {
    return indexes.all().stream()
        .anyMatch(entry -> entry.role() == SearchIndexes.Role.LIVE && entry.hasRevisions());
  }

  private boolean isInOutbox(MessageKey key) {
    return jdbc.sql(IN_OUTBOX)
            .param("app", key.chat().appId())
            .param("chat", key.chat().number())
            .param("number", key.number())
            .query(Long.class)
            .single()
        > 0;
  }

  /**
   * Looks for indexed documents in MySQL, but not in the snapshot: a message that was persisted and
   * indexed after it is right, too, and so is a change. None is indexed before its commit.
   *
   * <p>While a new index is due because MySQL was set back, that is the only finding: the old one
   * has what MySQL has lost.
   */
  void indexedIsPersisted(Findings findings) {
    if (!partitions.indexDue().isEmpty()) {
      findings.add(
          "MySQL was set back, and no search index has been built since: the live one has what MySQL"
              + " has lost");
      return;
    }
    boolean hasRevisions = hasRevisions();
    AppsByDigest apps = new AppsByDigest(jdbc);
    indexed.forEachPage(
        PAGE,
        documents ->
            byChat(documents, apps, findings)
                .forEach((chat, ofChat) -> checkPersisted(chat, ofChat, hasRevisions, findings)));
  }

  private static Map<ChatKey, List<IndexedMessages.Named>> byChat(
      List<IndexedMessages.Named> documents, AppsByDigest apps, Findings findings) {
    Map<ChatKey, List<IndexedMessages.Named>> byChat = new HashMap<>();
    for (IndexedMessages.Named document : documents) {
      apps.id(document.digest())
          .ifPresentOrElse(
              app ->
                  byChat
                      .computeIfAbsent(new ChatKey(app, document.chat()), _ -> new ArrayList<>())
                      .add(document),
              () ->
                  findings.add(
                      "document %s:%d:%d belongs to no app"
                          .formatted(document.digest(), document.chat(), document.number())));
    }
    return byChat;
  }

  private void checkPersisted(
      ChatKey chat,
      List<IndexedMessages.Named> documents,
      boolean hasRevisions,
      Findings findings) {
    Map<Long, Long> revisions = new HashMap<>();
    jdbc.sql(PERSISTED)
        .param("app", chat.appId())
        .param("chat", chat.number())
        .param("numbers", documents.stream().map(IndexedMessages.Named::number).toList())
        .query(
            row -> {
              revisions.put(row.getLong(1), row.getLong(2));
            });
    for (IndexedMessages.Named document : documents) {
      String name = name(new MessageKey(chat, document.number()));
      Long revision = revisions.get(document.number());
      if (revision == null) {
        if (isBeingErased(chat)) {
          continue;
        }
        findings.add("document %s is no persisted message".formatted(name));
      } else if (hasRevisions && document.version() > revision) {
        findings.add(
            "document %s is of revision %d, and its message has %d"
                .formatted(name, document.version(), revision));
      }
    }
  }

  private boolean isBeingErased(ChatKey chat) {
    return jdbc.sql(BEING_ERASED)
            .param("app", chat.appId())
            .param("chat", chat.number())
            .query(Long.class)
            .single()
        > 0;
  }

  private static String name(MessageKey key) {
    return "%d:%d:%d".formatted(key.chat().appId(), key.chat().number(), key.number());
  }
}
