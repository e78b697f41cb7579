package dev.tally.bench;

import dev.tally.bench.report.Figure;
import dev.tally.bench.report.Goal;
import dev.tally.bench.report.Interleaved;
import dev.tally.bench.report.Row;
import dev.tally.bench.report.Table;
import dev.tally.bench.system.Dataset;
import dev.tally.testkit.Database;
import dev.tally.testkit.Servers;
import dev.tally.testkit.Service;
import java.time.Duration;
import java.util.List;

/**
 * Measures draining, from a full queue to committed rows, while Elasticsearch indexes. Compares it
 * with plain multi-row inserts, and with a transaction for each message.
 */
final class DrainSection implements Section {

  private static final int[] CONNECTIONS = {1, 2, 4};
  private static final int AT_ONCE = 8;

  @Override
  public String name() {
    return "drain";
  }

  @Override
  public void run(Setting setting, Table table) {
    Servers servers = setting.servers();
    Dataset dataset = new Dataset(servers);
    Mix one = Mix.oneChat(dataset.apps(1, 1).getFirst());
    Mix thousand = Mix.even(dataset.apps(1, 1000), 1000);
    Mix skewed = Mix.zipf(dataset.apps(8, 125), 125);
    int messages = setting.scale().drainMessages();
    try (Service worker = setting.services().worker()) {
      Drainage drainage = new Drainage(servers, List.of(worker));
      AcceptCalls warmUp = new AcceptCalls(servers.redis(), skewed.draws());
      for (int i = 0; i < 2; i++) {
        drainage.measure(warmUp, messages);
      }
      drainage.awaitSearch();
      for (Mix mix : List.of(one, thousand, skewed)) {
        measure(setting, table, mix, drainage);
      }
      searchBehind(setting, table, skewed, drainage);
    }
  }

  private static void measure(Setting setting, Table table, Mix mix, Drainage drainage) {
    Scale scale = setting.scale();
    Database database = setting.servers().database();
    AcceptCalls calls = new AcceptCalls(setting.servers().redis(), mix.draws());
    Rows rows = new Rows(database, mix, scale.drainMessages());
    int connections = best(rows);
    Interleaved.Figures figures =
        new Interleaved()
            .add("drain", () -> drainage.measure(calls, scale.drainMessages()))
            .add(
                "index",
                () -> {
                  Duration rest = drainage.awaitSearch();
                  return rest.toNanos() / 1e9;
                })
            .add("insert", () -> rows.inserted(connections))
            .add("one by one", () -> rows.oneByOne(1, scale.singleTransactions()))
            .add("at once", () -> rows.oneByOne(AT_ONCE, scale.singleTransactions()))
            .run(scale.rounds());
    String name = "drain, " + mix.name();
    table.add(
        figures.row(name, "drain", "msg/s", "multi-row insert", "insert", new Goal.AtLeast(0.7)));
    table.add(
        figures.row(
            name, "drain", "msg/s", "a transaction a message", "one by one", new Goal.AtLeast(30)));
    table.add(
        figures.row(
            name,
            "drain",
            "msg/s",
            "a transaction a message, %d at once".formatted(AT_ONCE),
            "at once",
            new Goal.None()));
    table.note(
        "%s: %,d messages; the insert used %d connections; search caught up %.1f s later"
            .formatted(
                name, scale.drainMessages(), connections, Figure.of(figures.of("index")).median()));
  }

  /** Finds the number of connections that inserts fastest. */
  private static int best(Rows rows) {
    rows.inserted(2);
    int best = 1;
    double highest = 0;
    for (int connections : CONNECTIONS) {
      double rate = rows.inserted(connections);
      if (rate > highest) {
        highest = rate;
        best = connections;
      }
    }
    return best;
  }

  private static void searchBehind(Setting setting, Table table, Mix mix, Drainage drainage) {
    Servers servers = setting.servers();
    if (!servers.freezeSearch()) {
      return;
    }
    int messages = setting.scale().drainMessages();
    AcceptCalls calls = new AcceptCalls(servers.redis(), mix.draws());
    Rows rows = new Rows(servers.database(), mix, messages);
    int connections = best(rows);
    double away;
    double limitAway;
    try {
      limitAway = rows.inserted(connections);
      away = drainage.measure(calls, messages);
    } finally {
      servers.thawSearch();
    }
    double behind = drainage.measure(calls, messages);
    long outbox = servers.database().outbox();
    Duration rest = drainage.awaitSearch();
    double limitBehind = rows.inserted(connections);
    String name = "drain, " + mix.name();
    table.add(row(name + ", Elasticsearch does not answer", away, limitAway));
    table.add(row(name + ", search %,d behind".formatted(messages), behind, limitBehind));
    table.note(
        "drain with search behind: search caught up with %,d outbox rows in %.1f s"
            .formatted(outbox, rest.toNanos() / 1e9));
  }

  private static Row row(String name, double measured, double limit) {
    return Row.of(
        name,
        new double[] {measured},
        "msg/s",
        "multi-row insert",
        new double[] {limit},
        new Goal.AtLeast(0.7));
  }
}
