package dev.tally.worker.verify;

import dev.tally.common.accept.counter.Parent;
import dev.tally.common.identity.AppToken;
import dev.tally.common.identity.ChatName;
import dev.tally.worker.verify.ChangesCheck.Changes;
import dev.tally.worker.verify.CounterCheck.Highest;
import dev.tally.worker.verify.NumbersCheck.Rows;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Checks that no accepted number is missing, counts are right, no rows are orphaned, no counter is
 * too low, the search index holds exactly the persisted messages, and nothing is left of what is
 * erased. It only reads, and may run while writes go on: it checks the rows in one snapshot of
 * MySQL. Of deleted apps it checks nothing but that: their jobs are dropped, and their rows erased.
 */
@Component
public class Verification {

  private static final String APPS_AFTER =
      """
      SELECT a.id, a.token, a.chats_count, COUNT(c.number), MIN(c.number), MAX(c.number)
      FROM (SELECT id, token, chats_count FROM apps
            WHERE id > :after AND deleted_at IS NULL ORDER BY id LIMIT :limit) a
      LEFT JOIN chats c ON c.app_id = a.id
      GROUP BY a.id, a.token, a.chats_count
      ORDER BY a.id""";

  private static final String CHATS_AFTER =
      """
      SELECT c.number, c.messages_count, COUNT(m.number), MIN(m.number), MAX(m.number),
             c.changes_count, c.pending_count, c.deleted_count, COUNT(m.deleted_at),
             SUM(m.deleted_at IS NOT NULL AND (LENGTH(m.body) > 0 OR m.metadata IS NOT NULL)),
             c.deleted_at IS NOT NULL
      FROM (SELECT app_id, number, messages_count, changes_count, pending_count, deleted_count,
                   deleted_at FROM chats
            WHERE app_id = :app AND number > :after ORDER BY number LIMIT :limit) c
      LEFT JOIN messages m ON m.app_id = c.app_id AND m.chat_number = c.number
      GROUP BY c.number, c.messages_count, c.changes_count, c.pending_count, c.deleted_count,
               c.deleted_at
      ORDER BY c.number""";

  private static final String CHATS_WITHOUT_APP =
      """
      SELECT c.app_id, c.number FROM chats c
      LEFT JOIN apps a ON a.id = c.app_id
      WHERE a.id IS NULL LIMIT :limit""";

  private static final String MESSAGES_WITHOUT_CHAT =
      """
      SELECT m.app_id, m.chat_number
      FROM (SELECT DISTINCT app_id, chat_number FROM messages) m
      LEFT JOIN chats c ON c.app_id = m.app_id AND c.number = m.chat_number
      WHERE c.number IS NULL LIMIT :limit""";

  private static final int PAGE = 1_000;

  private final JdbcClient jdbc;
  private final CounterCheck counters;
  private final NumbersCheck numbers;
  private final ChangesCheck changes;
  private final SearchCheck search;
  private final DeletionsCheck deletions;
  private final TransactionTemplate snapshot;

  Verification(
      JdbcClient jdbc,
      CounterCheck counters,
      NumbersCheck numbers,
      ChangesCheck changes,
      SearchCheck search,
      DeletionsCheck deletions,
      PlatformTransactionManager transactions) {
    this.jdbc = jdbc;
    this.counters = counters;
    this.numbers = numbers;
    this.changes = changes;
    this.search = search;
    this.deletions = deletions;
    this.snapshot = new TransactionTemplate(transactions);
    this.snapshot.setIsolationLevel(TransactionDefinition.ISOLATION_REPEATABLE_READ);
    this.snapshot.setReadOnly(true);
  }

  /**
   * Checks everything. Without Elasticsearch, it checks the rest, and the report says so.
   *
   * @param withSearch whether to check the search index, too, which takes longest
   * @param progress receives the number of messages checked so far
   * @throws DataAccessException if Redis or MySQL does not answer
   */
  public Report run(boolean withSearch, LongConsumer progress) {
    Findings findings = new Findings();
    // The queue comes first: a job that is persisted meanwhile counts in both, and none in neither.
    CounterCheck.Queues queues = counters.queues();
    Tally tally = new Tally(findings, numbers.run(findings), progress);
    snapshot.executeWithoutResult(
        _ -> {
          checkOrphans(findings);
          checkApps(tally);
          tally.numbers.settle();
          if (withSearch) {
            tally.compare(() -> tally.pending = search.persistedIsIndexed(findings, progress));
          }
        });
    deletions.run(findings);
    if (withSearch) {
      tally.compare(() -> search.indexedIsPersisted(findings));
    }
    return new Report(
        tally.apps,
        tally.chats,
        tally.messages,
        queues.waiting(),
        queues.deadLetters(),
        tally.pending,
        tally.searchFault,
        tally.numbers.unchecked(),
        findings.count(),
        findings.shown());
  }

  private static final class Tally {
    private final Findings findings;
    private final NumbersCheck.Run numbers;
    private final LongConsumer progress;
    private long apps;
    private long chats;
    private long messages;
    private long pending;
    private @Nullable DataAccessException searchFault;

    Tally(Findings findings, NumbersCheck.Run numbers, LongConsumer progress) {
      this.findings = findings;
      this.numbers = numbers;
      this.progress = progress;
    }

    /** Compares with the search index, unless that has failed before. */
    void compare(Runnable comparison) {
      if (searchFault != null) {
        return;
      }
      try {
        comparison.run();
      } catch (DataAccessException e) {
        searchFault = e;
      }
    }
  }

  private record AppRow(long id, AppToken token, long count, Rows chats) {}

  private record ChatRow(
      long number,
      long count,
      Rows messages,
      ChangesCheck.Counts counts,
      ChangesCheck.Deleted deleted,
      boolean isDeleted) {}

  private void checkApps(Tally tally) {
    long after = 0;
    while (true) {
      List<AppRow> apps = apps(after);
      if (apps.isEmpty()) {
        return;
      }
      for (AppRow app : apps) {
        Parent parent = new Parent.App(app.token());
        check(tally.findings, parent, "chats", app.count(), app.chats());
        long givenOut = counters.checkApp(tally.findings, app.token(), app.chats().last());
        tally.numbers.add(parent, givenOut, app.chats());
        tally.apps++;
        checkChats(app, givenOut, tally);
      }
      after = apps.getLast().id();
    }
  }

  private void checkChats(AppRow app, long chatsGivenOut, Tally tally) {
    long after = 0;
    while (true) {
      List<ChatRow> chats = chats(app.id(), after);
      if (chats.isEmpty()) {
        tally.numbers.addChatsWithoutRow(app.token(), after + 1, chatsGivenOut);
        return;
      }
      for (ChatRow chat : chats) {
        tally.numbers.addChatsWithoutRow(app.token(), after + 1, chat.number() - 1);
        tally.chats++;
        after = chat.number();
      }
      // The numbers of a deleted chat stay given out, and its rows are erased.
      List<ChatRow> kept = chats.stream().filter(chat -> !chat.isDeleted()).toList();
      if (!kept.isEmpty()) {
        checkKept(app, kept, tally);
      }
      tally.progress.accept(tally.messages);
    }
  }

  private void checkKept(AppRow app, List<ChatRow> chats, Tally tally) {
    Map<Long, Changes> found =
        changes.changes(app.id(), chats.getFirst().number(), chats.getLast().number());
    List<ChatName> names =
        chats.stream().map(chat -> new ChatName(app.token(), chat.number())).toList();
    List<Highest> persisted =
        chats.stream()
            .map(
                chat ->
                    new Highest(
                        chat.messages().last(),
                        found.getOrDefault(chat.number(), Changes.NONE).rows().last()))
            .toList();
    List<Highest> givenOut = counters.checkChats(tally.findings, names, persisted);
    for (int i = 0; i < chats.size(); i++) {
      ChatRow chat = chats.get(i);
      ChatName name = names.get(i);
      Parent parent = new Parent.Chat(name);
      check(tally.findings, parent, "messages", chat.count(), chat.messages());
      tally.numbers.add(parent, givenOut.get(i).message(), chat.messages());
      Changes ofChat = found.getOrDefault(chat.number(), Changes.NONE);
      ChangesCheck.check(tally.findings, name, chat.counts(), ofChat, chat.deleted());
      tally.numbers.add(new Parent.Changes(name), givenOut.get(i).change(), ofChat.rows());
      tally.messages += chat.messages().count();
    }
  }

  private static void check(Findings findings, Parent parent, String what, long count, Rows rows) {
    if (count != rows.count()) {
      findings.add(
          "%s: %s_count is %d, but there are %d"
              .formatted(parent.name(), what, count, rows.count()));
    }
    if (rows.first() < 0 || (rows.first() == 0 && rows.count() > 0)) {
      findings.add("%s: %s are numbered from %d on".formatted(parent.name(), what, rows.first()));
    }
  }

  private List<AppRow> apps(long after) {
    return jdbc.sql(APPS_AFTER)
        .param("after", after)
        .param("limit", PAGE)
        .query(
            (row, _) ->
                new AppRow(
                    row.getLong(1),
                    new AppToken(row.getString(2)),
                    row.getLong(3),
                    new Rows(row.getLong(4), row.getLong(5), row.getLong(6))))
        .list();
  }

  private List<ChatRow> chats(long app, long after) {
    return jdbc.sql(CHATS_AFTER)
        .param("app", app)
        .param("after", after)
        .param("limit", PAGE)
        .query(
            (row, _) ->
                new ChatRow(
                    row.getLong(1),
                    row.getLong(2),
                    new Rows(row.getLong(3), row.getLong(4), row.getLong(5)),
                    new ChangesCheck.Counts(row.getLong(6), row.getLong(7), row.getLong(8)),
                    new ChangesCheck.Deleted(row.getLong(9), row.getLong(10)),
                    row.getBoolean(11)))
        .list();
  }

  private void checkOrphans(Findings findings) {
    changes.checkOrphans(findings);
    jdbc.sql(CHATS_WITHOUT_APP)
        .param("limit", Findings.SHOWN)
        .query(
            row -> {
              findings.add(
                  "chat %d belongs to app %d, which does not exist"
                      .formatted(row.getLong(2), row.getLong(1)));
            });
    jdbc.sql(MESSAGES_WITHOUT_CHAT)
        .param("limit", Findings.SHOWN)
        .query(
            row -> {
              findings.add(
                  "messages belong to chat %d of app %d, which does not exist"
                      .formatted(row.getLong(2), row.getLong(1)));
            });
  }
}
