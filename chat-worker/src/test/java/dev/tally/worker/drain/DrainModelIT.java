package dev.tally.worker.drain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tally.common.deadletter.DeadLetter;
import dev.tally.common.deadletter.DeadLetters;
import dev.tally.common.identity.ChatName;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
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
  private static RowsFound rows;
  private static List<FaultyWorker> workers;

  @BeforeContainer
  static void start() {
    parts = new WorkerParts();
    rows = new RowsFound(parts.mysql);
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
    rows.reset(DrainHistory.APPS.subList(0, 2));
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
          if (chat == 0) {
            String counter = DrainHistory.KEYS.chats(DrainHistory.token(app));
            parts.count(counter, number);
            model.counters.put(counter, number);
          } else {
            String counter =
                DrainHistory.KEYS.messages(new ChatName(DrainHistory.token(app), chat));
            parts.count(counter, number);
            model.counters.put(counter, number);
            parts.countChanges(counter, number);
            model.changeCounters.put(counter, number);
          }
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
                          WHERE m.app_id = c.app_id AND m.chat_number = c.number)
                       OR changes_count <>
                         (SELECT COUNT(*) FROM changes h
                          WHERE h.app_id = c.app_id AND h.chat_number = c.number))""",
                Long.class))
        .as("counts that differ from the number of rows")
        .isZero();
    model.dead.forEach(letter -> Statistics.collect(letter.substring(0, letter.indexOf(' '))));
    Statistics.collect(parts.mysql.queryForObject("SELECT COUNT(*) > 0 FROM messages", Long.class));
    model.happened().forEach(happened -> Statistics.label("changes").collect(happened));
    Statistics.label("changes")
        .coverage(
            coverage ->
                Stream.of(
                        "applied",
                        "none",
                        "conflict",
                        "pending",
                        "applied after waiting",
                        "blanked")
                    .forEach(happened -> coverage.check(happened).count(count -> count > 0)));
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
    Map<String, Object> found = new LinkedHashMap<>(rows.all());
    found.put("retried", parts.list(DrainHistory.KEYS.retried()));
    found.put("queued", parts.list(DrainHistory.KEYS.jobs(DrainHistory.token(0))));
    found.put("claimed", parts.list(DrainHistory.KEYS.claimed()));
    found.put(
        "dead", parts.deadLetters.list(10_000).stream().map(DrainModelIT::text).sorted().toList());
    Map<String, Long> counters = new TreeMap<>();
    for (String key : parts.redis.keys("*:chats")) {
      counters.put(key, Long.valueOf(String.valueOf(parts.counted(key))));
    }
    Map<String, Long> changeCounters = new TreeMap<>();
    for (String key : parts.redis.keys("*:messages")) {
      counters.put(key, Long.valueOf(String.valueOf(parts.counted(key))));
      Object changes = parts.countedChanges(key);
      if (changes != null) {
        changeCounters.put(key, Long.valueOf(changes.toString()));
      }
    }
    found.put("counters", counters);
    found.put("counters of changes", changeCounters);
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
