package dev.tally.worker.verify;

import dev.tally.common.identity.AppToken;
import dev.tally.common.identity.ChatName;
import dev.tally.common.queue.Job;
import dev.tally.common.queue.WaitingJobs;
import dev.tally.worker.numbers.DeletedParents;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.StringJoiner;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.MappingIterator;
import tools.jackson.databind.json.JsonMapper;

/**
 * Looks for accepted writes in MySQL and in the queue. After Redis has lost data, only this check
 * shows which writes are lost: their numbers were given out again, so the persisted numbers have no
 * gaps.
 */
@SuppressWarnings("InlineFormatString") // all statements stand on top, with those that have a %s
@Component
public class AcceptedCheck {

  private static final String CHATS =
      """
      SELECT c.number FROM apps a JOIN chats c ON c.app_id = a.id
      WHERE a.token = :app AND c.number IN (:numbers)""";

  private static final String MESSAGES =
      """
      SELECT m.chat_number, m.number, IF(m.revision IS NULL, SHA2(m.body, 256), '')
      FROM apps a JOIN messages m ON m.app_id = a.id
      WHERE a.token = ? AND (%s)""";

  private static final String CHANGES =
      """
      SELECT m.chat_number, m.number, ''
      FROM apps a JOIN changes m ON m.app_id = a.id
      WHERE a.token = ? AND (%s)""";

  /**
   * A part of the conditions of {@link #MESSAGES} and {@link #CHANGES}, one for each chat. Its
   * parameters have no names: Spring would parse, and keep, another text for each number of chats.
   */
  private static final String OF_CHAT =
      """
      (m.chat_number = ? AND m.number IN (%s))""";

  private static final int PAGE = 1_000;

  /** How many writes may be missing in MySQL before the queue is read for them. */
  private static final int MOST_MISSING = 10_000;

  private static final JsonMapper JSON =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder().maxStringLength(100_000).build())
                  .build())
          .build();

  private final JdbcClient jdbc;
  private final WaitingJobs waiting;
  private final DeletedParents deleted;

  AcceptedCheck(JdbcClient jdbc, WaitingJobs waiting, DeletedParents deleted) {
    this.jdbc = jdbc;
    this.waiting = waiting;
    this.deleted = deleted;
  }

  /**
   * Checks all listed writes, however long the list is.
   *
   * @param lines one JSON object a line, as {@code verify --help} describes it
   * @param finding receives a line for each write that is wrong
   * @param progress receives the number of writes read so far
   * @throws IllegalArgumentException if a line is not an accepted write
   */
  public AcceptedReport run(InputStream lines, Consumer<String> finding, LongConsumer progress)
      throws IOException {
    Run run = new Run(finding);
    List<AcceptedWrite> page = new ArrayList<>(PAGE);
    long listed = 0;
    try (MappingIterator<AcceptedWrite> writes =
        JSON.readerFor(AcceptedWrite.class).readValues(lines)) {
      AcceptedWrite write;
      while ((write = next(writes, listed + 1)) != null) {
        listed++;
        page.add(write);
        if (page.size() == PAGE) {
          run.look(page);
          page.clear();
          progress.accept(listed);
        }
      }
    }
    run.look(page);
    run.settle();
    return new AcceptedReport(listed, run.persisted, run.onTheirWay, run.wrong);
  }

  private static @Nullable AcceptedWrite next(
      MappingIterator<AcceptedWrite> writes, long position) {
    try {
      return writes.hasNextValue() ? writes.nextValue() : null;
    } catch (JacksonException e) {
      // Without its cause: the parser's message quotes what it could not read.
      throw new IllegalArgumentException(
          "line %d is no accepted write, see --help".formatted(position));
    }
  }

  private final class Run {

    private final Consumer<String> finding;
    private final List<AcceptedWrite> missing = new ArrayList<>();
    private long persisted;
    private long onTheirWay;
    private long wrong;

    Run(Consumer<String> finding) {
      this.finding = finding;
    }

    void look(List<AcceptedWrite> writes) {
      Map<AcceptedWrite.Key, String> hashes = hashes(writes);
      for (AcceptedWrite write : writes) {
        if (!judged(write, hashes)) {
          missing.add(write);
        }
      }
      if (missing.size() >= MOST_MISSING) {
        settle();
      }
    }

    private boolean judged(AcceptedWrite write, Map<AcceptedWrite.Key, String> hashes) {
      String hash = hashes.get(write.key());
      if (hash == null) {
        return false;
      }
      if (write.sha256() == null || hash.isEmpty() || write.sha256().equalsIgnoreCase(hash)) {
        persisted++;
      } else {
        wrong++;
        finding.accept(write.key() + ": is persisted with another body than was accepted");
      }
      return true;
    }

    /** Reads the queue, and then looks in MySQL again. A write that is in neither is lost. */
    void settle() {
      Set<AcceptedWrite.Key> queued = queued();
      for (int from = 0; from < missing.size(); from += PAGE) {
        List<AcceptedWrite> page = missing.subList(from, Math.min(missing.size(), from + PAGE));
        Map<AcceptedWrite.Key, String> hashes = hashes(page);
        for (AcceptedWrite write : page) {
          if (judged(write, hashes)) {
            continue;
          }
          if (queued.contains(write.key())) {
            onTheirWay++;
          } else if (deleted.has(write.key().chat())) {
            // What it wrote is erased, or was refused because of the deletion.
            persisted++;
          } else {
            wrong++;
            finding.accept(write.key() + ": was accepted and is not persisted");
          }
        }
      }
      missing.clear();
    }

    private Set<AcceptedWrite.Key> queued() {
      Set<AcceptedWrite.Key> wanted = new HashSet<>();
      Set<AppToken> apps = new HashSet<>();
      for (AcceptedWrite write : missing) {
        AcceptedWrite.Key key = write.key();
        wanted.add(key);
        apps.add(key.chat().app());
      }
      Set<AcceptedWrite.Key> queued = new HashSet<>();
      waiting.forEach(
          apps,
          job -> {
            AcceptedWrite.Key key =
                switch (job) {
                  case Job.ErasedAuthor _ -> null;
                  case Job.NewChat chat -> AcceptedWrite.Key.of(chat.chat());
                  case Job.NewMessage message ->
                      AcceptedWrite.Key.ofMessage(
                          message.message().chat(), message.message().number());
                  case Job.Change change ->
                      AcceptedWrite.Key.ofChange(change.chat(), change.number());
                };
            if (key != null && wanted.contains(key)) {
              queued.add(key);
            }
          });
      return queued;
    }
  }

  /**
   * The SHA-256 of the body of each persisted write; "" for what has none, and for a message that
   * has been changed since.
   */
  private Map<AcceptedWrite.Key, String> hashes(List<AcceptedWrite> writes) {
    Map<AppToken, List<AcceptedWrite>> byApp = new HashMap<>();
    for (AcceptedWrite write : writes) {
      byApp.computeIfAbsent(write.key().chat().app(), _ -> new ArrayList<>()).add(write);
    }
    Map<AcceptedWrite.Key, String> hashes = new HashMap<>();
    byApp.forEach(
        (app, ofApp) -> {
          Set<Long> chats = new HashSet<>();
          SortedMap<Long, Set<Long>> messages = new TreeMap<>();
          SortedMap<Long, Set<Long>> changes = new TreeMap<>();
          for (AcceptedWrite write : ofApp) {
            if (write.message() != null) {
              messages.computeIfAbsent(write.chat(), _ -> new HashSet<>()).add(write.message());
            } else if (write.change() != null) {
              changes.computeIfAbsent(write.chat(), _ -> new HashSet<>()).add(write.change());
            } else {
              chats.add(write.chat());
            }
          }
          addChats(app, chats, hashes);
          addChildren(MESSAGES, app, messages, AcceptedWrite.Key::ofMessage, hashes);
          addChildren(CHANGES, app, changes, AcceptedWrite.Key::ofChange, hashes);
        });
    return hashes;
  }

  private void addChats(AppToken app, Set<Long> numbers, Map<AcceptedWrite.Key, String> hashes) {
    if (numbers.isEmpty()) {
      return;
    }
    jdbc.sql(CHATS)
        .param("app", app.value())
        .param("numbers", numbers)
        .query(
            row -> {
              hashes.put(AcceptedWrite.Key.of(new ChatName(app, row.getLong(1))), "");
            });
  }

  private void addChildren(
      String sql,
      AppToken app,
      SortedMap<Long, Set<Long>> numbersByChat,
      BiFunction<ChatName, Long, AcceptedWrite.Key> key,
      Map<AcceptedWrite.Key, String> hashes) {
    if (numbersByChat.isEmpty()) {
      return;
    }
    StringJoiner condition = new StringJoiner(" OR ");
    List<Object> arguments = new ArrayList<>();
    arguments.add(app.value());
    numbersByChat.forEach(
        (chat, numbers) -> {
          String placeholders = String.join(",", Collections.nCopies(numbers.size(), "?"));
          condition.add(OF_CHAT.formatted(placeholders));
          arguments.add(chat);
          arguments.addAll(numbers);
        });
    jdbc.sql(sql.formatted(condition))
        .params(arguments)
        .query(
            row -> {
              hashes.put(
                  key.apply(new ChatName(app, row.getLong(1)), row.getLong(2)), row.getString(3));
            });
  }
}
