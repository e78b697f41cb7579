package dev.tally.bench.section;

import dev.tally.bench.data.Dataset;
import dev.tally.bench.data.Mix;
import dev.tally.bench.data.PlainWrites;
import dev.tally.bench.report.Goal;
import dev.tally.bench.report.Rounds;
import dev.tally.bench.report.Series;
import dev.tally.bench.system.AcceptCalls;
import dev.tally.bench.system.Queues;
import dev.tally.bench.system.Run;
import dev.tally.testkit.Service;
import java.util.List;

/**
 * Measures draining, from a full queue to committed rows, while Elasticsearch indexes. Compares it
 * with plain multi-row inserts, and with a transaction for each message.
 */
public final class DrainSection {

  private static final int AT_ONCE = 8;
  private static final String SINGLE = "a transaction a message";

  private DrainSection() {}

  /** Measures and adds the rows. */
  public static void drain(Run run) {
    Dataset dataset = new Dataset(run.servers());
    Mix one = Mix.even(dataset.apps(1, 1));
    Mix thousand = Mix.even(dataset.apps(1, 1000));
    Mix skewed = Mix.zipf(dataset.apps(8, 125));
    try (Service worker = run.services().worker()) {
      AcceptCalls warmUp = new AcceptCalls(run.servers().redis(), skewed.draws());
      for (int i = 0; i < 2; i++) {
        run.queues().drain(worker, warmUp, run.scale().drainMessages());
      }
      run.queues().awaitSearch();
      for (Mix mix : List.of(one, thousand, skewed)) {
        drain(run, "drain, " + mix.name(), mix, worker, true);
      }
      if (run.servers().freezeSearch()) {
        try {
          String title = "drain, %s, Elasticsearch does not answer".formatted(skewed.name());
          drain(run, title, skewed, worker, false);
        } finally {
          run.servers().thawSearch();
        }
      }
    }
  }

  private static void drain(Run run, String title, Mix mix, Service worker, boolean indexing) {
    Queues queues = run.queues();
    int messages = run.scale().drainMessages();
    int transactions = messages / 20;
    AcceptCalls calls = new AcceptCalls(run.servers().redis(), mix.draws());
    PlainWrites writes = new PlainWrites(run.servers().database(), mix, messages);
    int connections = writes.bestConnections();
    Rounds rounds = new Rounds();
    Series drain = rounds.add("drain", "msg/s", () -> queues.drain(worker, calls, messages));
    Series search =
        rounds.add("search", "s", () -> indexing ? queues.awaitSearch().toMillis() / 1e3 : 0);
    Series insert = rounds.add("multi-row insert", "msg/s", () -> writes.inserted(connections));
    Series single = rounds.add(SINGLE, "msg/s", () -> writes.oneByOne(1, transactions));
    String several = "%s, %d at once".formatted(SINGLE, AT_ONCE);
    Series atOnce = rounds.add(several, "msg/s", () -> writes.oneByOne(AT_ONCE, transactions));
    rounds.run(run.scale().rounds());
    run.table().add(title, drain, insert, new Goal.AtLeast(0.7));
    run.table().add(title, drain, single, new Goal.AtLeast(30));
    run.table().add(title, drain, atOnce);
    if (indexing) {
      run.table()
          .note(
              "%s: %,d messages; the insert used %d connections; search caught up %.1f s later"
                  .formatted(title, messages, connections, search.median()));
    }
  }
}
