package dev.tally.worker.verify;

import dev.tally.worker.index.IndexedMessages;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Compares the search index with MySQL, both ways: every persisted message is indexed with its
 * body, or still in the outbox; and every indexed document is a persisted message.
 */
@Component
class SearchCheck {

  private static final String PERSISTED_AFTER =
      """
      SELECT app_id, chat_number, number, body FROM messages
      WHERE (app_id = :app AND chat_number = :chat AND number > :number)
         OR (app_id = :app AND chat_number > :chat)
         OR app_id > :app
      ORDER BY app_id, chat_number, number
      LIMIT :limit""";

  private static final String IN_OUTBOX =
      """
      SELECT COUNT(*) FROM search_outbox
      WHERE app_id = :app AND chat_number = :chat
        AND first_number <= :number AND last_number >= :number""";

  private static final String PERSISTED =
      """
      SELECT number FROM messages
      WHERE app_id = :app AND chat_number = :chat AND number IN (:numbers)""";

  private static final int PAGE = 1_000;

  private final JdbcClient jdbc;
  private final IndexedMessages indexed;

  SearchCheck(JdbcClient jdbc, IndexedMessages indexed) {
    this.jdbc = jdbc;
    this.indexed = indexed;
  }

  private record Row(IndexedMessages.Key key, String body) {}

  /**
   * Looks for persisted messages in the index, in the caller's snapshot.
   *
   * @return the number of messages that are still in the outbox
   */
  long persistedIsIndexed(Findings findings, LongConsumer progress) {
    long pending = 0;
    long done = 0;
    IndexedMessages.Key last = new IndexedMessages.Key(0, 0, 0);
    while (true) {
      List<Row> page = persistedAfter(last);
      if (page.isEmpty()) {
        return pending;
      }
      Map<IndexedMessages.Key, String> bodies =
          indexed.bodies(page.stream().map(Row::key).toList());
      List<Row> different =
          page.stream().filter(row -> !row.body().equals(bodies.get(row.key()))).toList();
      if (!different.isEmpty()) {
        List<Row> waiting = different.stream().filter(this::isInOutbox).toList();
        pending += waiting.size();
        for (Row row : different) {
          if (!waiting.contains(row)) {
            findings.add(
                (bodies.containsKey(row.key())
                        ? "message %s is indexed with another body"
                        : "message %s is not indexed")
                    .formatted(row.key()));
          }
        }
      }
      done += page.size();
      progress.accept(done);
      last = page.getLast().key();
    }
  }

  private List<Row> persistedAfter(IndexedMessages.Key key) {
    return jdbc.sql(PERSISTED_AFTER)
        .param("app", key.app())
        .param("chat", key.chat())
        .param("number", key.number())
        .param("limit", PAGE)
        .query(
            (row, _) ->
                new Row(
                    new IndexedMessages.Key(row.getLong(1), row.getLong(2), row.getLong(3)),
                    row.getString(4)))
        .list();
  }

  private boolean isInOutbox(Row row) {
    return jdbc.sql(IN_OUTBOX)
            .param("app", row.key().app())
            .param("chat", row.key().chat())
            .param("number", row.key().number())
            .query(Long.class)
            .single()
        > 0;
  }

  /**
   * Looks for indexed documents in MySQL, but not in the snapshot: a message that was persisted and
   * indexed after it is right, too. No message is indexed before its commit.
   */
  void indexedIsPersisted(Findings findings) {
    indexed.forEachPage(
        PAGE,
        keys -> {
          Map<List<Long>, List<Long>> numbers = new HashMap<>();
          for (IndexedMessages.Key key : keys) {
            numbers
                .computeIfAbsent(List.of(key.app(), key.chat()), _ -> new ArrayList<>())
                .add(key.number());
          }
          numbers.forEach(
              (chat, wanted) -> {
                List<@Nullable Long> there =
                    jdbc.sql(PERSISTED)
                        .param("app", chat.get(0))
                        .param("chat", chat.get(1))
                        .param("numbers", wanted)
                        .query(Long.class)
                        .list();
                wanted.stream()
                    .filter(number -> !there.contains(number))
                    .forEach(
                        number ->
                            findings.add(
                                "document %d:%d:%d is no persisted message"
                                    .formatted(chat.get(0), chat.get(1), number)));
              });
        });
  }
}
