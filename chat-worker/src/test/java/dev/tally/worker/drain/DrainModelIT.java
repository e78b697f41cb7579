package dev.tally.worker.drain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tally.common.deadletter.DeadLetter;
import dev.tally.common.deadletter.DeadLetters;
import dev.tally.common.identity.ChatName;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import net.jqwik.api.statistics.Statistics;
import net.jqwik.api.statistics.StatisticsReport;

/**
 * Random histories of one partition's queue. Three workers drain it in turns, and are killed, lose
 * their lease or miss an answer at the worst moments. After each step the rows, the outbox, the
 * lists and the counters equal those of a model in memory.
 */
class DrainModelIT {

  private static WorkerParts parts;
  private static List<FaultyWorker> workers;

  @BeforeContainer
  static void start() {
    parts = new WorkerParts();
    workers =
        IntStream.range(0, DrainHistory.LIMITS.size())
            .mapToObj(index -> new FaultyWorker(parts, index))
            .toList();
  }

  @AfterContainer
  static void stop() {
    parts.close();
  }

  @Property
  @StatisticsReport(StatisticsReport.StatisticsReportMode.OFF)
  void theDrainDoesWhatTheModelDoes(@ForAll("steps") List<DrainHistory.Step> steps) {
    parts.wipeRedis();
    for (String table : List.of("messages", "chats", "apps", "search_outbox")) {
      parts.mysql.update("DELETE FROM " + table);
    }
    for (String app : DrainHistory.APPS.subList(0, 2)) {
      parts.mysql.update(
          "INSERT INTO apps (token, name, created_at, updated_at)"
              + " VALUES (?, 'Acme', UTC_TIMESTAMP(6), UTC_TIMESTAMP(6))",
          app);
    }
    DrainModel model = new DrainModel(DrainHistory.APPS.subList(0, 2));
    List<DrainHistory.Step> history = new ArrayList<>(steps);
    // Whatever has happened, a worker without a fault drains all remaining jobs.
    history.add(new DrainHistory.Step.Turn(0, 1_000, DrainHistory.Fault.NONE));
    for (DrainHistory.Step step : history) {
      switch (step) {
        case DrainHistory.Step.Queue(List<String> jobs) -> {
          // The drain does not look for an app's jobs in its list only.
          parts.queue(DrainHistory.KEYS, DrainHistory.token(0), jobs);
          model.jobs.addAll(jobs);
        }
        case DrainHistory.Step.Turn(int worker, int batches, DrainHistory.Fault fault) -> {
          workers.get(worker).turn(batches, fault);
          model.turn(DrainHistory.LIMITS.get(worker), batches, fault);
        }
        case DrainHistory.Step.SetCounter(int app, long chat, long number) -> {
          String counter =
              chat == 0
                  ? DrainHistory.KEYS.chats(DrainHistory.token(app))
                  : DrainHistory.KEYS.messages(new ChatName(DrainHistory.token(app), chat));
          parts.count(counter, number);
          model.counters.put(counter, number);
        }
        case DrainHistory.Step.Retry(int letter) -> {
          if (!model.dead.isEmpty()) {
            String wanted = model.retry(letter);
            assertThat(
                    parts.deadLetters.list(10_000).stream()
                        .filter(entry -> text(entry).equals(wanted))
                        .findFirst()
                        .map(parts.deadLetters::retry))
                .hasValue(true);
          }
        }
      }
      assertThat(found()).as("after %s", step).isEqualTo(model.expected());
    }
    assertThat(model.retried).isEmpty();
    assertThat(model.jobs).isEmpty();
    assertThat(model.claimed).isEmpty();
    assertThat(
            parts.mysql.queryForObject(
                """
                SELECT (SELECT COUNT(*) FROM apps WHERE chats_count <>
                         (SELECT COUNT(*) FROM chats WHERE app_id = id))
                     + (SELECT COUNT(*) FROM chats c WHERE messages_count <>
                         (SELECT COUNT(*) FROM messages m
                          WHERE m.app_id = c.app_id AND m.chat_number = c.number))""",
                Long.class))
        .as("counts that differ from the number of rows")
        .isZero();
    model.dead.forEach(letter -> Statistics.collect(letter.substring(0, letter.indexOf(' '))));
    Statistics.collect(parts.mysql.queryForObject("SELECT COUNT(*) > 0 FROM messages", Long.class));
    Statistics.coverage(
        coverage -> {
          // In this history no server goes back in time, so no job is superseded.
          EnumSet.complementOf(EnumSet.of(DeadLetter.Reason.SUPERSEDED))
              .forEach(reason -> coverage.check(reason.slug()).count(count -> count > 0));
          coverage.check(1L).count(count -> count > 0);
        });
  }

  /** Everything that a drain changes, by name. */
  private static Map<String, Object> found() {
    Map<String, Object> found = new LinkedHashMap<>();
    found.put("retried", parts.list(DrainHistory.KEYS.retried()));
    found.put("queued", parts.list(DrainHistory.KEYS.jobs(DrainHistory.token(0))));
    found.put("claimed", parts.list(DrainHistory.KEYS.claimed()));
    found.put(
        "dead", parts.deadLetters.list(10_000).stream().map(DrainModelIT::text).sorted().toList());
    found.put(
        "apps",
        parts.mysql.query(
            "SELECT token, chats_count FROM apps ORDER BY token",
            (row, _) -> row.getString(1) + " has " + row.getLong(2)));
    found.put(
        "chats",
        parts.mysql.query(
            """
            SELECT token, number, messages_count, c.created_at
            FROM chats c JOIN apps ON id = app_id ORDER BY token, number""",
            (row, _) ->
                "%s %d has %d, %s"
                    .formatted(
                        row.getString(1),
                        row.getLong(2),
                        row.getLong(3),
                        row.getObject(4, LocalDateTime.class).toInstant(ZoneOffset.UTC))));
    found.put(
        "messages",
        parts.mysql.query(
            """
            SELECT token, chat_number, number, body, m.created_at
            FROM messages m JOIN apps ON id = app_id
            ORDER BY token, chat_number, number""",
            (row, _) ->
                "%s %d %d: %s, %s"
                    .formatted(
                        row.getString(1),
                        row.getLong(2),
                        row.getLong(3),
                        row.getString(4),
                        row.getObject(5, LocalDateTime.class).toInstant(ZoneOffset.UTC))));
    found.put(
        "outbox",
        parts
            .mysql
            .query(
                """
                SELECT partition_number, token, chat_number, first_number, last_number
                FROM search_outbox JOIN apps a ON a.id = app_id""",
                (row, _) ->
                    "%d: %s %d %d-%d"
                        .formatted(
                            row.getInt(1),
                            row.getString(2),
                            row.getLong(3),
                            row.getLong(4),
                            row.getLong(5)))
            .stream()
            .sorted()
            .toList());
    Map<String, Long> counters = new TreeMap<>();
    for (String key : parts.redis.keys("*:chats")) {
      counters.put(key, Long.valueOf(String.valueOf(parts.counted(key))));
    }
    for (String key : parts.redis.keys("*:messages")) {
      counters.put(key, Long.valueOf(String.valueOf(parts.counted(key))));
    }
    found.put("counters", counters);
    return found;
  }

  private static String text(DeadLetters.Entry entry) {
    return entry.letter().reason().slug()
        + " "
        + WorkerParts.texts(List.of(entry.letter().job())).getFirst();
  }

  @Provide
  Arbitrary<List<DrainHistory.Step>> steps() {
    return DrainHistory.histories();
  }
}
