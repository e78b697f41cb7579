package dev.tally.bench.drain;

import dev.tally.bench.report.Figure;
import dev.tally.bench.report.Goal;
import dev.tally.bench.report.Interleaved;
import dev.tally.bench.report.Table;
import dev.tally.bench.section.Scale;
import dev.tally.bench.section.Section;
import dev.tally.bench.section.Setting;
import dev.tally.bench.system.AcceptCalls;
import dev.tally.bench.system.Dataset;
import dev.tally.bench.system.Drainage;
import dev.tally.bench.system.Mix;
import dev.tally.bench.system.PlainWrites;
import dev.tally.testkit.Servers;
import dev.tally.testkit.Service;
import java.time.Duration;
import java.util.List;

/**
 * Measures draining, from a full queue to committed rows, while Elasticsearch indexes. Compares it
 * with plain multi-row inserts, and with a transaction for each message.
 */
public final class DrainSection implements Section {

  private static final int AT_ONCE = 8;
  private static final String INSERT = "multi-row insert";
  private static final String SINGLE = "a transaction a message";
  private static final String SINGLE_AT_ONCE = SINGLE + ", %d at once".formatted(AT_ONCE);

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
    try (Service worker = setting.services().worker()) {
      Drainage drainage = new Drainage(servers, List.of(worker));
      AcceptCalls warmUp = new AcceptCalls(servers.redis(), skewed.draws());
      for (int i = 0; i < 2; i++) {
        drainage.measure(warmUp, setting.scale().drainMessages());
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
    int messages = scale.drainMessages();
    AcceptCalls calls = new AcceptCalls(setting.servers().redis(), mix.draws());
    PlainWrites writes = new PlainWrites(setting.servers().database(), mix, messages);
    int connections = writes.bestConnections();
    Interleaved.Figures figures =
        new Interleaved()
            .add("drain", () -> drainage.measure(calls, messages))
            .add("index", () -> drainage.awaitSearch().toNanos() / 1e9)
            .add(INSERT, () -> writes.inserted(connections))
            .add(SINGLE, () -> writes.oneByOne(1, scale.singleTransactions()))
            .add(SINGLE_AT_ONCE, () -> writes.oneByOne(AT_ONCE, scale.singleTransactions()))
            .run(scale.rounds());
    String name = "drain, " + mix.name();
    figures.addTo(table, name, "drain", "msg/s", INSERT, new Goal.AtLeast(0.7));
    figures.addTo(table, name, "drain", "msg/s", SINGLE, new Goal.AtLeast(30));
    figures.addTo(table, name, "drain", "msg/s", SINGLE_AT_ONCE, new Goal.None());
    double searchable = Figure.of(figures.of("index")).median();
    table.note(
        "%s: %,d messages; the insert used %d connections; search caught up %.1f s later"
            .formatted(name, messages, connections, searchable));
  }

  private static void searchBehind(Setting setting, Table table, Mix mix, Drainage drainage) {
    Servers servers = setting.servers();
    if (!servers.freezeSearch()) {
      return;
    }
    int messages = setting.scale().drainMessages();
    AcceptCalls calls = new AcceptCalls(servers.redis(), mix.draws());
    PlainWrites writes = new PlainWrites(servers.database(), mix, messages);
    int connections = writes.bestConnections();
    double away;
    double limitAway;
    try {
      limitAway = writes.inserted(connections);
      away = drainage.measure(calls, messages);
    } finally {
      servers.thawSearch();
    }
    double behind = drainage.measure(calls, messages);
    long outbox = servers.database().outbox();
    Duration rest = drainage.awaitSearch();
    double limitBehind = writes.inserted(connections);
    String name = "drain, %s, ".formatted(mix.name());
    add(table, name + "Elasticsearch does not answer", away, limitAway);
    add(table, name + "search %,d behind".formatted(messages), behind, limitBehind);
    table.note(
        "drain with search behind: search caught up with %,d outbox rows in %.1f s"
            .formatted(outbox, rest.toNanos() / 1e9));
  }

  private static void add(Table table, String name, double measured, double limit) {
    double[] limits = {limit};
    table.add(name, new double[] {measured}, "msg/s", INSERT, limits, new Goal.AtLeast(0.7));
  }
}
