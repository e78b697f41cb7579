package dev.tally.bench.lag;

import dev.tally.bench.load.HttpFormat;
import dev.tally.bench.load.LoadGenerator;
import dev.tally.bench.load.LoadResult;
import dev.tally.bench.load.Parallel;
import dev.tally.bench.load.Target;
import dev.tally.bench.report.Figure;
import dev.tally.bench.report.Goal;
import dev.tally.bench.report.Table;
import dev.tally.bench.section.Contender;
import dev.tally.bench.section.Scale;
import dev.tally.bench.section.Section;
import dev.tally.bench.section.Setting;
import dev.tally.bench.system.AcceptCalls;
import dev.tally.bench.system.Dataset;
import dev.tally.bench.system.Drainage;
import dev.tally.bench.system.Mix;
import dev.tally.bench.system.PlainWrites;
import dev.tally.bench.system.Queues;
import dev.tally.testkit.Service;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.HdrHistogram.Histogram;

/**
 * Measures the time from a message's due time until it is readable and searchable, while all
 * services work. The rates are 10, 50 and 90 % of the highest accepted rate.
 */
public final class LagSection implements Section {

  private static final int APPS = 8;
  private static final int CHATS = 25;
  private static final int ONE_OF = 10;
  private static final int CONNECTIONS = 256;
  private static final int[] PERCENT = {10, 50, 90};
  private static final String REFRESH = "Elasticsearch's own refresh";
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @Override
  public String name() {
    return "lag";
  }

  @Override
  public void run(Setting setting, Table table) {
    Scale scale = setting.scale();
    Dataset dataset = new Dataset(setting.servers());
    Limits limits = limits(setting, dataset);
    List<Dataset.App> apps = dataset.apps(APPS, CHATS);
    Mix mix = watched(Mix.even(apps, CHATS), apps.getFirst());
    try (Service gateway = setting.services().gateway();
        Service worker = setting.services().worker();
        Service api = setting.services().api()) {
      Target posts = Target.http(gateway.port(), mix.posts());
      Contender most = setting.contender(gateway, mix.posts());
      double[] rates = new double[scale.rounds()];
      for (int i = 0; i < rates.length; i++) {
        rates[i] = most.measure();
      }
      warmUp(scale, api, apps.getFirst());
      double highest = Figure.of(rates).median();
      Drainage drainage = new Drainage(setting.servers(), List.of(worker));
      table.note(
          "lag: the highest accepted rate while everything runs is %,.0f msg/s; then %,d jobs waited"
              .formatted(highest, Queues.waiting(setting.servers().redis().commands())));
      for (int percent : PERCENT) {
        drainage.awaitPersisted();
        drainage.awaitSearch();
        double rate = highest * percent / 100;
        Level level = new Level(posts, rate, gateway, api, apps.getFirst());
        level(setting, table, percent, level, limits);
      }
    }
  }

  private record Level(Target posts, double rate, Service gateway, Service api, Dataset.App app) {}

  /** Puts every {@value #ONE_OF}th message of the mix into the first chat of an app. */
  private static Mix watched(Mix mix, Dataset.App app) {
    List<Mix.Draw> draws = new ArrayList<>();
    for (int i = 0; i < mix.draws().size(); i++) {
      Mix.Draw draw = mix.draws().get(i);
      boolean elsewhere = !draw.app().equals(app) || draw.chat() > 2;
      if (i % ONE_OF == 0) {
        draws.add(new Mix.Draw(app, 1, draw.body()));
      } else {
        // The first two chats get only messages that the benchmark watches.
        draws.add(elsewhere ? draw : new Mix.Draw(app, 3, draw.body()));
      }
    }
    return new Mix(mix.name(), draws);
  }

  private static void warmUp(Scale scale, Service api, Dataset.App app) {
    LoadGenerator.closed(
        Target.http(
            api.port(),
            List.of(
                HttpFormat.get("/apps/%s/chats/1".formatted(app.token().value())),
                HttpFormat.get(app.messagesPath(2) + "/search?q=probe"))),
        4,
        scale.warmUp());
  }

  private static void level(Setting setting, Table table, int percent, Level level, Limits limits) {
    ReadableLag readable = new ReadableLag(level.app(), 1, ONE_OF);
    SearchableLag searchable = new SearchableLag(level.app(), 2);
    AtomicReference<LoadResult> result = new AtomicReference<>();
    AtomicLong waiting = new AtomicLong();
    int api = level.api().port();
    readable.begin(api);
    Parallel.run(
        List.of(
            _ -> readable.watch(api),
            _ -> searchable.send(level.gateway().port()),
            _ -> searchable.look(api),
            _ -> {
              try {
                Duration duration = setting.scale().lag();
                result.set(
                    LoadGenerator.open(
                        level.posts(), CONNECTIONS, level.rate(), duration, readable));
                waiting.set(Queues.waiting(setting.servers().redis().commands()));
                searchable.stop();
                long deadline = System.nanoTime() + PATIENCE.toNanos();
                while (!readable.isComplete() && System.nanoTime() < deadline) {
                  Parallel.pause(Duration.ofMillis(20));
                }
              } finally {
                // The watchers must also end after a failure.
                searchable.stop();
                readable.stop();
              }
            }));
    LoadResult load = result.get();
    String at = " at %d %% (%,.0f msg/s)".formatted(percent, level.rate());
    double both = limits.call() + limits.transaction();
    rows(table, "accepted" + at, load.latencies(), "one call of the script", limits.call());
    rows(table, "readable" + at, readable.lags(), "that and one transaction", both);
    rows(table, "searchable" + at, searchable.lags(), REFRESH, limits.refresh());
    table.note(
        "lag%s: %,.0f msg/s were accepted, and %,d jobs waited at the end; measured %,d readable and %,d searchable lags"
            .formatted(
                at,
                load.rate(),
                waiting.get(),
                readable.lags().getTotalCount(),
                searchable.lags().getTotalCount()));
  }

  private static void rows(
      Table table, String name, Histogram lags, String limitName, double limit) {
    for (String percentile : List.of("50", "99", "99.9")) {
      double millis = lags.getValueAtPercentile(Double.parseDouble(percentile)) / 1e6;
      double[] limits = {limit};
      double[] measured = {millis};
      table.add(name + ", p" + percentile, measured, "ms", limitName, limits, new Goal.None());
    }
  }

  /** The shortest possible times on idle servers, in milliseconds. */
  private record Limits(double call, double transaction, double refresh) {}

  private static Limits limits(Setting setting, Dataset dataset) {
    Mix mix = Mix.oneChat(dataset.apps(1, 1).getFirst());
    AcceptCalls calls = new AcceptCalls(setting.servers().redis(), mix.draws());
    Histogram latencies =
        LoadGenerator.closed(calls.single(), 1, setting.scale().round()).latencies();
    setting.clearQueues();
    int transactions = setting.scale().singleTransactions();
    PlainWrites writes = new PlainWrites(setting.servers().database(), mix, transactions);
    return new Limits(
        latencies.getValueAtPercentile(50) / 1e6,
        1000 / writes.oneByOne(1, transactions),
        setting.servers().search().refreshMillis());
  }
}
