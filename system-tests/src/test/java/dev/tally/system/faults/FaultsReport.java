package dev.tally.system.faults;

import dev.tally.system.faults.check.Violation;
import dev.tally.system.faults.workload.Client;
import dev.tally.system.faults.workload.History;
import dev.tally.system.faults.workload.Outcome;
import dev.tally.system.faults.workload.Request;
import dev.tally.system.faults.workload.State;
import dev.tally.worker.verify.Report;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * A report of a run for people to read: its faults, its requests and its findings.
 *
 * @param lostWithServers how many numbers of accepted writes servers lost that went back in time
 * @param epochs how many epochs began because of that
 */
record FaultsReport(
    long seed,
    Duration duration,
    Client.Surroundings surroundings,
    List<Nemesis.Struck> struck,
    int kinds,
    State state,
    List<Violation> violations,
    int lostWithServers,
    int epochs,
    Report verified) {

  String markdown() {
    StringBuilder text = new StringBuilder("# Faults\n\n");
    text.append("- Date: ").append(Instant.now().truncatedTo(ChronoUnit.SECONDS)).append('\n');
    text.append("- Command: `").append(command()).append("`\n");
    text.append("- Machine: ").append(machine()).append('\n');
    text.append("- Duration: %d s, start and check included\n".formatted(duration.toSeconds()));
    text.append(
        "- Faults: %d, of %d kinds of %d\n\n".formatted(struck.size(), byKind().size(), kinds));
    result(text);
    requests(text);
    faults(text);
    return text.toString();
  }

  private String command() {
    String minutes = System.getProperty("faults.minutes", "");
    return "./mvnw verify -Pfaults%s -Dfaults.seed=%d"
        .formatted(minutes.isEmpty() ? "" : " -Dfaults.minutes=" + minutes, seed);
  }

  private static String machine() {
    return "%d processors, %s %s, Java %s"
        .formatted(
            Runtime.getRuntime().availableProcessors(),
            System.getProperty("os.name"),
            System.getProperty("os.version"),
            System.getProperty("java.version"));
  }

  private void result(StringBuilder text) {
    long chats = 0;
    long messages = 0;
    long edits = 0;
    long deletions = 0;
    for (History.Entry entry : surroundings.history().entries()) {
      if (entry.outcome() instanceof Outcome.Accepted(long first, long last)) {
        switch (entry.request()) {
          case Request.NewChat _ -> chats++;
          case Request.Change change -> {
            if (change.verb() == Request.Change.Verb.DELETE) {
              deletions++;
            } else {
              edits++;
            }
          }
          default -> messages += last - first + 1;
        }
      }
    }
    row(text, "result", "");
    row(text, "---", "---:");
    row(text, "chats accepted", chats);
    row(text, "messages accepted", messages);
    row(text, "edits accepted", edits);
    row(text, "deletions accepted", deletions);
    row(text, "chats persisted", state.chats().size());
    row(text, "messages persisted", state.messages().values().stream().mapToLong(List::size).sum());
    row(text, "changes persisted", state.changes().values().stream().mapToLong(List::size).sum());
    state.changes().values().stream()
        .flatMap(List::stream)
        .collect(Collectors.groupingBy(State.Change::effect, TreeMap::new, Collectors.counting()))
        .forEach((effect, count) -> row(text, "changes with the effect `" + effect + "`", count));
    row(text, "messages deleted", deleted());
    row(text, "numbers that a server lost itself", lostWithServers);
    row(text, "epochs begun", epochs);
    Map<String, Long> found =
        violations.stream()
            .collect(
                Collectors.groupingBy(
                    violation -> violation.getClass().getSimpleName(), Collectors.counting()));
    for (Class<?> kind : Violation.class.getPermittedSubclasses()) {
      row(text, words(kind), found.getOrDefault(kind.getSimpleName(), 0L));
    }
    row(text, "dead letters", verified.deadLetters());
    row(text, "answers that no fault excuses", surroundings.surprises().size());
    row(text, "wrong according to `verify`", verified.wrong());
    text.append('\n');
  }

  private long deleted() {
    return state.changeCounts().values().stream().mapToLong(State.Counts::deleted).sum();
  }

  private void requests(StringBuilder text) {
    Map<String, Long> counts =
        surroundings.history().entries().stream()
            .collect(
                Collectors.groupingBy(
                    entry -> words(entry.request().getClass()) + " | " + outcome(entry.outcome()),
                    TreeMap::new,
                    Collectors.counting()));
    row(text, "request", "outcome", "count");
    row(text, "---", "---", "---:");
    counts.forEach((key, count) -> row(text, key, count));
    text.append('\n');
  }

  private static String outcome(Outcome outcome) {
    return switch (outcome) {
      case Outcome.Refused(int status, String problem) ->
          "refused: %d %s".formatted(status, problem);
      case Outcome.Unknown(String reason) -> "unknown: " + reason;
      default -> words(outcome.getClass());
    };
  }

  private void faults(StringBuilder text) {
    text.append(
        """
        Seconds from the beginning of the healing until all processes have started and until everything works again,
        median/max. "Beyond" is what it took until messages were readable after all processes had started.

        """);
    row(text, "fault", "count", "started", "accepts", "readable", "beyond", "searchable");
    row(text, "---", "---:", "---:", "---:", "---:", "---:", "---:");
    byKind()
        .forEach(
            (kind, all) ->
                row(
                    text,
                    kind,
                    all.size(),
                    spread(all, Nemesis.Struck::started),
                    spread(all, fault -> fault.recovery().accepted()),
                    spread(all, fault -> fault.recovery().readable()),
                    spread(all, Nemesis.Struck::beyondStart),
                    spread(all, fault -> fault.recovery().searchable())));
  }

  private Map<String, List<Nemesis.Struck>> byKind() {
    return struck.stream()
        .collect(Collectors.groupingBy(Nemesis.Struck::kind, TreeMap::new, Collectors.toList()));
  }

  private static String spread(
      List<Nemesis.Struck> struck, Function<Nemesis.Struck, Duration> time) {
    List<Duration> times = struck.stream().map(time).sorted(Comparator.naturalOrder()).toList();
    return String.format(
        Locale.ROOT,
        "%.1f / %.1f",
        times.get(times.size() / 2).toMillis() / 1000.0,
        times.getLast().toMillis() / 1000.0);
  }

  /** Turns {@code NotSearchable} into {@code not searchable}. */
  private static String words(Class<?> type) {
    return type.getSimpleName().replaceAll("(?<=[a-z])(?=[A-Z])", " ").toLowerCase(Locale.ROOT);
  }

  private static void row(StringBuilder text, Object... cells) {
    text.append('|');
    for (Object cell : cells) {
      text.append(' ').append(cell).append(" |");
    }
    text.append('\n');
  }
}
