package dev.tally.worker.erase;

import dev.tally.common.accept.Acceptance;
import dev.tally.common.accept.JobQueue;
import dev.tally.common.accept.counter.Parent;
import dev.tally.common.identity.ChatName;
import dev.tally.common.identity.MessageName;
import dev.tally.common.queue.JobCodec;
import dev.tally.common.queue.MessageChange;
import dev.tally.common.web.problem.ProblemException;
import dev.tally.worker.erase.EraseMetrics.Kind;
import dev.tally.worker.erase.Erasure.Outcome;
import dev.tally.worker.numbers.DeletedParents;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.context.annotation.Profile;
import org.springframework.dao.TransientDataAccessResourceException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Deletes what an author wrote in an app until a time: looks through the app's messages in the
 * order of their key, and queues a deletion for each, as a client would. Persisting a deletion
 * blanks the message and its history.
 *
 * <p>The place is recorded after the deletions before it are queued. A worker that dies in between
 * queues some of them twice, and the later ones have no effect.
 */
@Component
@Profile("service")
class AuthorSteps {

  /** Most messages looked at in a step. */
  private static final int LOOKED_AT = 10_000;

  /** Most deletions queued in a step. */
  private static final int QUEUED = 1_000;

  /**
   * The author is compared once more, without the columns' rules: they ignore spaces at its end.
   * The clocks of gateways differ, so some seconds more are looked through: a message of before the
   * request must not stay.
   */
  private static final String NEXT =
      """
      SELECT m.chat_number, m.number,
             (m.author = :author AND CAST(m.author AS BINARY) = CAST(:author AS BINARY)
               AND m.created_at <= :until + INTERVAL 5 SECOND
               AND m.deleted_at IS NULL AND m.lost_at IS NULL AND c.deleted_at IS NULL) IS TRUE
      FROM messages m
      LEFT JOIN chats c ON c.app_id = m.app_id AND c.number = m.chat_number
      WHERE m.app_id = :app
        AND ((m.chat_number = :chat AND m.number > :message) OR m.chat_number > :chat)
      ORDER BY m.app_id, m.chat_number, m.number
      LIMIT :limit""";

  private final Erasures erasures;
  private final JdbcClient jdbc;
  private final JobQueue queue;
  private final JobCodec codec;
  private final DeletedParents deleted;
  private final EraseMetrics metrics;

  AuthorSteps(
      Erasures erasures,
      JdbcClient jdbc,
      JobQueue queue,
      JobCodec codec,
      DeletedParents deleted,
      EraseMetrics metrics) {
    this.erasures = erasures;
    this.jdbc = jdbc;
    this.queue = queue;
    this.codec = codec;
    this.deleted = deleted;
    this.metrics = metrics;
  }

  private record Seen(long chat, long number, boolean isWanted) {}

  /**
   * Takes a step. It may be repeated, by any worker.
   *
   * @throws org.springframework.dao.DataAccessException if a server does not answer
   * @throws ProblemException if the deletions are refused
   */
  Outcome step(Erasure erasure) {
    if (deleted.has(new Parent.App(erasure.app()))) {
      // The erasure of the app ends this one.
      return Outcome.WAITS;
    }
    List<Seen> page = next(erasure);
    SortedMap<Long, List<Long>> wanted = new TreeMap<>();
    int count = 0;
    @Nullable Seen last = null;
    for (Seen message : page) {
      if (message.isWanted()) {
        if (count == QUEUED) {
          break;
        }
        wanted.computeIfAbsent(message.chat(), _ -> new ArrayList<>()).add(message.number());
        count++;
      }
      last = message;
    }
    for (Map.Entry<Long, List<Long>> ofChat : wanted.entrySet()) {
      long chat = ofChat.getKey();
      List<Long> numbers = ofChat.getValue();
      if (!isQueued(new ChatName(erasure.app(), chat), numbers)) {
        return Outcome.WAITS;
      }
      erasures.seen(erasure, chat, numbers.getLast());
    }
    if (last != null) {
      erasures.seen(erasure, last.chat(), last.number());
    }
    if (page.size() < LOOKED_AT && (last == null || last.equals(page.getLast()))) {
      erasures.remove(erasure);
    }
    return Outcome.MORE;
  }

  private List<Seen> next(Erasure erasure) {
    return jdbc.sql(NEXT)
        .param("app", erasure.key().appId())
        .param("author", erasure.key().author())
        .param("until", erasure.requestedAt())
        .param("chat", erasure.seenChat())
        .param("message", erasure.seenMessage())
        .param("limit", LOOKED_AT)
        .query((row, _) -> new Seen(row.getLong(1), row.getLong(2), row.getBoolean(3)))
        .list();
  }

  /** Whether deletions of these messages are queued, or need not be: their chat is deleted. */
  private boolean isQueued(ChatName chat, List<Long> numbers) {
    Instant now = Instant.now().truncatedTo(ChronoUnit.MICROS);
    List<String> jobs =
        numbers.stream()
            .map(
                number ->
                    codec.openChange(
                        new MessageName(chat, number),
                        new MessageChange.Deletion(),
                        null,
                        null,
                        now,
                        null))
            .toList();
    try {
      return switch (queue.accept(new Parent.Changes(chat), jobs, numbers.getLast(), null)) {
        case Acceptance.Accepted _ -> {
          metrics.erased(Kind.DELETION, numbers.size());
          yield true;
        }
        // Its messages go with it.
        case Acceptance.ChatDeleted _ -> true;
        case Acceptance.NoSuchMessage(long highest) ->
            throw new TransientDataAccessResourceException(
                "chat %d has given out %d messages, and has message %d"
                    .formatted(chat.number(), highest, numbers.getLast()));
        // The queue is full, or a counter is about to be recovered.
        default -> false;
      };
    } catch (ProblemException e) {
      if (deleted.has(chat)) {
        return true;
      }
      throw e;
    }
  }
}
