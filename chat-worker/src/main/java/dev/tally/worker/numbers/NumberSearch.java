package dev.tally.worker.numbers;

import dev.tally.common.accept.counter.Parent;
import dev.tally.common.identity.NumberRange;
import dev.tally.common.queue.WaitingJobs;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Looks for numbers in Redis and MySQL, while gateways give out more and workers drain.
 *
 * <p>A number's job moves from its app's queue to the claimed batch, and from there to a row or to
 * the dead letters. Each of these steps is one script, except that the row is committed before the
 * claimed batch is removed. So whoever reads in the same direction, rows last, meets each job. The
 * only way back is a dead letter that is retried: its job can run ahead of the reader, and removing
 * a dead letter shifts the others in their list. Therefore a number counts as missing only after a
 * second look.
 */
@Component
public final class NumberSearch {

  private static final String CHATS =
      """
      SELECT c.number FROM apps a JOIN chats c ON c.app_id = a.id
      WHERE a.token = :app AND c.number > :after AND c.number <= :last
      ORDER BY c.number LIMIT :limit""";

  private static final String MESSAGES =
      """
      SELECT m.number FROM apps a JOIN messages m ON m.app_id = a.id
      WHERE a.token = :app AND m.chat_number = :chat AND m.number > :after AND m.number <= :last
      ORDER BY m.number LIMIT :limit""";

  private static final String CHANGES =
      """
      SELECT h.number FROM apps a JOIN changes h ON h.app_id = a.id
      WHERE a.token = :app AND h.chat_number = :chat AND h.number > :after AND h.number <= :last
      ORDER BY h.number LIMIT :limit""";

  private static final int PAGE = 10_000;

  private final WaitingJobs waiting;
  private final JdbcClient jdbc;
  private final DeletedParents deleted;

  NumberSearch(WaitingJobs waiting, JdbcClient jdbc, DeletedParents deleted) {
    this.waiting = waiting;
    this.jdbc = jdbc;
    this.deleted = deleted;
  }

  /**
   * Removes the numbers that are in jobs, dead letters or rows; void rows count. Those of deleted
   * chats and apps are removed, too: their rows are erased. Each statement must see the latest
   * rows, so the caller has no snapshot open.
   *
   * @return how many jobs were met that nobody can decode, so that their numbers are unknown
   * @throws org.springframework.dao.DataAccessException if Redis or MySQL does not answer
   */
  public long look(MissingNumbers numbers) {
    if (numbers.isEmpty()) {
      return 0;
    }
    long undecodable =
        waiting.forEachInRedis(
            numbers.apps(), job -> numbers.remove(Parent.of(job), Parent.number(job)));
    for (Parent parent : numbers.parents()) {
      removePersisted(numbers, parent);
    }
    // Rows are erased after their parent is deleted, so this comes last.
    for (Parent parent : numbers.parents()) {
      if (deleted.has(parent)) {
        numbers.removeAbove(parent, 0);
      }
    }
    return undecodable;
  }

  private void removePersisted(MissingNumbers numbers, Parent parent) {
    NumberRange span = numbers.span(parent);
    long after = span.first() - 1;
    while (true) {
      List<Long> page = persisted(parent, after, span.last());
      page.forEach(number -> numbers.remove(parent, number));
      if (page.size() < PAGE) {
        return;
      }
      after = page.getLast();
    }
  }

  private List<Long> persisted(Parent parent, long after, long last) {
    JdbcClient.StatementSpec statement =
        switch (parent) {
          case Parent.Unnumbered _ -> throw new IllegalArgumentException("it has no numbers");
          case Parent.App _ -> jdbc.sql(CHATS);
          case Parent.Chat chat -> jdbc.sql(MESSAGES).param("chat", chat.chat().number());
          case Parent.Changes chat -> jdbc.sql(CHANGES).param("chat", chat.chat().number());
        };
    return statement
        .param("app", parent.app().value())
        .param("after", after)
        .param("last", last)
        .param("limit", PAGE)
        .query((row, _) -> row.getLong(1))
        .list();
  }
}
