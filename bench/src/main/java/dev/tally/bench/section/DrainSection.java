package dev.tally.bench.section;

import dev.tally.bench.report.Goal;
import dev.tally.bench.report.Rounds;
import dev.tally.bench.report.Series;
import dev.tally.bench.system.AcceptCalls;
import dev.tally.bench.system.Dataset;
import dev.tally.bench.system.Drainage;
import dev.tally.bench.system.Mix;
import dev.tally.bench.system.PlainWrites;
import dev.tally.bench.system.Run;
import dev.tally.testkit.Service;
import java.util.List;

/**
 * Measures draining, from a full queue to committed rows, while Elasticsearch indexes. Compares it
 * with plain multi-row inserts, and with a transaction for each message.
 */
public final class DrainSection {

  private static final int AT_ONCE = 8;
  private static final String INSERT = "multi-row insert";
  private static final String SINGLE = "a transaction a message";
  private static final Goal AS_INSERT = new Goal.AtLeast(0.7);

  private DrainSection() {}

  /** Measures and adds the rows. */
  public static void drain(Run run) {
    Dataset dataset = new Dataset(run.servers());
    Mix one = Mix.even(dataset.apps(1, 1));
    Mix thousand = Mix.even(dataset.apps(1, 1000));
    Mix skewed = Mix.zipf(dataset.apps(8, 125));
    try (Service worker = run.services().worker()) {
      Drainage drainage = new Drainage(run.servers(), List.of(worker));
      AcceptCalls warmUp = new AcceptCalls(run.servers().redis(), skewed.draws());
      for (int i = 0; i < 2; i++) {
        drainage.measure(warmUp, run.scale().drainMessages());
      }
      drainage.awaitSearch();
      for (Mix mix : List.of(one, thousand, skewed)) {
        drain(run, mix, drainage);
      }
      withoutSearch(run, skewed, drainage);
    }
  }

  private static void drain(Run run, Mix mix, Drainage drainage) {
    int messages = run.scale().drainMessages();
    int transactions = messages / 20;
    AcceptCalls calls = new AcceptCalls(run.servers().redis(), mix.draws());
    PlainWrites writes = new PlainWrites(run.servers().database(), mix, messages);
    int connections = writes.bestConnections();
    Rounds rounds = new Rounds();
    Series drain = rounds.add("drain", "msg/s", () -> drainage.measure(calls, messages));
    Series search = rounds.add("search", "s", () -> drainage.awaitSearch().toMillis() / 1e3);
    Series insert = rounds.add(INSERT, "msg/s", () -> writes.inserted(connections));
    Series single = rounds.add(SINGLE, "msg/s", () -> writes.oneByOne(1, transactions));
    Series atOnce =
        rounds.add(
            "%s, %d at once".formatted(SINGLE, AT_ONCE),
            "msg/s",
            () -> writes.oneByOne(AT_ONCE, transactions));
    rounds.run(run.scale().rounds());
    String title = "drain, " + mix.name();
    run.table().add(title, drain, insert, AS_INSERT);
    run.table().add(title, drain, single, new Goal.AtLeast(30));
    run.table().add(title, drain, atOnce);
    run.table()
        .note(
            "%s: %,d messages; the insert used %d connections; search caught up %.1f s later"
                .formatted(title, messages, connections, search.median()));
  }

  private static void withoutSearch(Run run, Mix mix, Drainage drainage) {
    if (!run.servers().freezeSearch()) {
      return;
    }
    int messages = run.scale().drainMessages();
    AcceptCalls calls = new AcceptCalls(run.servers().redis(), mix.draws());
    PlainWrites writes = new PlainWrites(run.servers().database(), mix, messages);
    int connections = writes.bestConnections();
    Rounds rounds = new Rounds();
    Series insert = rounds.add(INSERT, "msg/s", () -> writes.inserted(connections));
    Series drain = rounds.add("drain", "msg/s", () -> drainage.measure(calls, messages));
    try {
      rounds.run(1);
    } finally {
      run.servers().thawSearch();
    }
    String title = "drain, %s, Elasticsearch does not answer".formatted(mix.name());
    run.table().add(title, drain, insert, AS_INSERT);
  }
}
