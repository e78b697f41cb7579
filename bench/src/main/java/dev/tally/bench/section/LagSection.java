package dev.tally.bench.section;

import dev.tally.bench.data.Dataset;
import dev.tally.bench.data.Mix;
import dev.tally.bench.data.PlainWrites;
import dev.tally.bench.load.HttpFormat;
import dev.tally.bench.load.LoadGenerator;
import dev.tally.bench.load.Target;
import dev.tally.bench.report.Rounds;
import dev.tally.bench.report.Series;
import dev.tally.bench.system.AcceptCalls;
import dev.tally.bench.system.Contender;
import dev.tally.bench.system.Probes;
import dev.tally.bench.system.Run;
import dev.tally.testkit.Service;
import java.time.Duration;
import java.util.List;
import org.HdrHistogram.Histogram;

/**
 * Measures the time from a message's due time until it is readable and searchable, while all
 * services work. The rates are 10, 50 and 90 % of the highest accepted rate.
 */
public final class LagSection {

  private static final int APPS = 8;
  private static final int CHATS = 25;
  private static final int CONNECTIONS = 256;

  private final Run run;
  private final Dataset.App watched;
  private final Mix mix;

  // The shortest possible times on idle servers.
  private final Series call;
  private final Series callAndTransaction;
  private final Series refresh;

  private LagSection(Run run) {
    this.run = run;
    Dataset dataset = new Dataset(run.servers());
    Mix oneChat = Mix.even(dataset.apps(1, 1));
    this.watched = dataset.apps(1, 2).getFirst();
    this.mix = Mix.even(dataset.apps(APPS, CHATS));

    int transactions = run.scale().drainMessages() / 20;
    AcceptCalls script = new AcceptCalls(run.servers().redis(), oneChat.draws());
    Histogram calls = script.oneByOne(transactions);
    run.queues().clear();
    PlainWrites writes = new PlainWrites(run.servers().database(), oneChat, transactions);
    double callMillis = millis(calls, 50);
    double transactionMillis = 1000 / writes.oneByOne(1, transactions);
    this.call = Series.of("one call of the script", "ms", callMillis);
    this.callAndTransaction =
        Series.of("that and one transaction", "ms", callMillis + transactionMillis);
    this.refresh =
        Series.of("Elasticsearch's own refresh", "ms", run.servers().search().refreshMillis());
  }

  private static double millis(Histogram nanos, double percentile) {
    return nanos.getValueAtPercentile(percentile) / 1e6;
  }

  /** Measures and adds the rows. */
  public static void lag(Run run) {
    new LagSection(run).measure();
  }

  private void measure() {
    try (Service gateway = run.services().gateway();
        Service _ = run.services().worker();
        Service api = run.services().api()) {
      Contender load = run.contender(gateway, mix.posts());
      Rounds rounds = new Rounds();
      Series most = rounds.add("accept", "msg/s", load::measure);
      rounds.run(run.scale().rounds());
      run.table()
          .note(
              "lag: the highest accepted rate while everything runs is %,.0f msg/s"
                  .formatted(most.median()));
      warmUp(api);
      for (int percent : List.of(10, 50, 90)) {
        run.queues().awaitPersisted();
        run.queues().awaitSearch();
        lag(percent, most.median() * percent / 100, gateway, api);
      }
    }
  }

  private void warmUp(Service api) {
    List<byte[]> reads =
        List.of(
            HttpFormat.get(watched.messagesPath(1)),
            HttpFormat.get(watched.messagesPath(2) + "/search?q=probe"));
    LoadGenerator.closed(new Target(api.port(), reads), 4, run.scale().round().multipliedBy(2));
  }

  private void lag(int percent, double rate, Service gateway, Service api) {
    Target posts = new Target(gateway.port(), mix.posts());
    String at = " at %d %% (%,.0f msg/s)".formatted(percent, rate);
    List<Histogram> lags =
        Probes.during(
            () -> load(at, posts, rate),
            Probes.readable(gateway, api, watched.messagesPath(1)),
            Probes.searchable(gateway, api, watched.messagesPath(2)));
    rows("readable" + at, lags.getFirst(), callAndTransaction);
    rows("searchable" + at, lags.getLast(), refresh);
  }

  private void load(String at, Target posts, double rate) {
    Duration duration = run.scale().round().multipliedBy(10);
    LoadGenerator.Result load = LoadGenerator.open(posts, CONNECTIONS, rate, duration);
    long waiting = run.queues().waiting();
    rows("accepted" + at, load.latencies(), call);
    run.table()
        .note(
            "lag%s: %,.0f msg/s were accepted; then %,d jobs waited"
                .formatted(at, load.rate(), waiting));
  }

  private void rows(String title, Histogram lags, Series limit) {
    for (String percentile : List.of("50", "99", "99.9")) {
      double millis = millis(lags, Double.parseDouble(percentile));
      run.table().add(title + ", p" + percentile, Series.of(title, "ms", millis), limit);
    }
  }
}
