package dev.tally.worker.verify;

import dev.tally.common.identity.ChatKey;
import dev.tally.common.identity.MessageKey;
import dev.tally.worker.index.IndexedMessages;
import dev.tally.worker.index.Message;
import dev.tally.worker.index.Messages;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongConsumer;
import java.util.stream.Collectors;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Compares the search index with MySQL, both ways: every persisted message is indexed with its
 * body, or still in the outbox; and every indexed document is a persisted message.
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
      SELECT number FROM messages
      WHERE app_id = :app AND chat_number = :chat AND number IN (:numbers) AND lost_at IS NULL""";

  private static final int PAGE = 1_000;

  private final JdbcClient jdbc;
  private final Messages persisted;
  private final IndexedMessages indexed;

  SearchCheck(JdbcClient jdbc, Messages persisted, IndexedMessages indexed) {
    this.jdbc = jdbc;
    this.persisted = persisted;
    this.indexed = indexed;
  }

  /**
   * Looks for persisted messages in the index, in the caller's snapshot.
   *
   * @return the number of messages that are still in the outbox
   */
  long persistedIsIndexed(Findings findings, LongConsumer progress) {
    long pending = 0;
    long done = 0;
    MessageKey last = Messages.START;
    while (true) {
      List<Message> page = persisted.after(last, PAGE);
      if (page.isEmpty()) {
        return pending;
      }
      Map<MessageKey, String> bodies = indexed.bodies(page);
      for (Message message : page) {
        String body = bodies.get(message.key());
        if (message.body().equals(body)) {
          continue;
        }
        if (isInOutbox(message.key())) {
          pending++;
        } else {
          findings.add(
              (body == null
                      ? "message %s is not indexed"
                      : "message %s is indexed with another body")
                  .formatted(name(message.key())));
        }
      }
      done += page.size();
      progress.accept(done);
      last = page.getLast().key();
    }
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
   * indexed after it is right, too. No message is indexed before its commit.
   */
  void indexedIsPersisted(Findings findings) {
    AppsByDigest apps = new AppsByDigest(jdbc);
    indexed.forEachPage(
        PAGE,
        places ->
            keys(places, apps, findings).stream()
                .collect(Collectors.groupingBy(MessageKey::chat))
                .forEach((chat, ofChat) -> checkPersisted(chat, ofChat, findings)));
  }

  /** The keys of these documents' messages. */
  private static List<MessageKey> keys(
      List<IndexedMessages.Place> places, AppsByDigest apps, Findings findings) {
    List<MessageKey> keys = new ArrayList<>(places.size());
    for (IndexedMessages.Place place : places) {
      apps.id(place.digest())
          .ifPresentOrElse(
              app -> keys.add(new MessageKey(new ChatKey(app, place.chat()), place.number())),
              () ->
                  findings.add(
                      "document %s:%d:%d belongs to no app"
                          .formatted(place.digest(), place.chat(), place.number())));
    }
    return keys;
  }

  private void checkPersisted(ChatKey chat, List<MessageKey> keys, Findings findings) {
    Set<Long> there =
        new HashSet<>(
            jdbc.sql(PERSISTED)
                .param("app", chat.appId())
                .param("chat", chat.number())
                .param("numbers", keys.stream().map(MessageKey::number).toList())
                .query((row, _) -> row.getLong(1))
                .list());
    keys.stream()
        .filter(key -> !there.contains(key.number()))
        .forEach(key -> findings.add("document %s is no persisted message".formatted(name(key))));
  }

  private static String name(MessageKey key) {
    return "%d:%d:%d".formatted(key.chat().appId(), key.chat().number(), key.number());
  }
}
