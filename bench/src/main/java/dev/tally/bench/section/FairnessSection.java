package dev.tally.bench.section;

import dev.tally.bench.data.Dataset;
import dev.tally.bench.data.Text;
import dev.tally.bench.load.HttpFormat;
import dev.tally.bench.load.LoadGenerator;
import dev.tally.bench.load.Target;
import dev.tally.bench.report.Goal;
import dev.tally.bench.report.Series;
import dev.tally.bench.system.Probes;
import dev.tally.bench.system.Run;
import dev.tally.bench.system.SlowScripts;
import dev.tally.testkit.Service;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.HdrHistogram.Histogram;

/**
 * Measures what an app that floods its partition costs a neighbour, an app in the same partition.
 * Compares the neighbour with an app in another partition: both share all processors with the
 * flood, but only the neighbour shares its queue.
 */
public final class FairnessSection {

  private static final int APPS = 64;
  private static final int BATCHES = 60;
  private static final int BATCH = 1_000;
  private static final int CONNECTIONS = 4;

  /** Makes a batch nearly as long as the longest request that a gateway reads. */
  private static final String LONG = "x".repeat(800);

  private FairnessSection() {}

  /** Measures and adds the rows. */
  public static void fairness(Run run) {
    List<Dataset.App> apps = new Dataset(run.servers()).apps(APPS, 1);
    Dataset.App flooding = apps.getFirst();
    Dataset.App neighbour = app(apps, flooding, true);
    Dataset.App other = app(apps, flooding, false);
    SlowScripts scripts = new SlowScripts(run.servers().redis());
    try (Service gateway = run.services().gateway();
        Service _ = run.services().worker();
        Service api = run.services().api()) {
      for (boolean isLong : List.of(false, true)) {
        Target flood = new Target(gateway.port(), List.of(batch(flooding, isLong)));
        burst(run, flood); // warms up
        List<Histogram> lags =
            Probes.during(
                () -> IntStream.range(0, run.scale().rounds()).forEach(_ -> burst(run, flood)),
                Probes.readable(gateway, api, neighbour.messagesPath(1)),
                Probes.readable(gateway, api, other.messagesPath(1)));
        String title = "%d × %,d %s messages".formatted(BATCHES, BATCH, isLong ? "long" : "short");
        for (int percentile : List.of(50, 99)) {
          String name = "readable beside %s, p%d".formatted(title, percentile);
          Series near = millis(name, lags.getFirst(), percentile);
          Series far = millis("in another partition", lags.getLast(), percentile);
          run.table().add(name, near, far, new Goal.AtMost(2));
        }
        scripts.addTo(run.table(), title);
      }
    }
  }

  private static Dataset.App app(List<Dataset.App> apps, Dataset.App flooding, boolean near) {
    return apps.stream()
        .skip(1)
        .filter(app -> app.keys().equals(flooding.keys()) == near)
        .findFirst()
        .orElseThrow();
  }

  private static byte[] batch(Dataset.App app, boolean isLong) {
    String lines =
        IntStream.range(0, BATCH)
            .mapToObj(i -> Text.body(i) + (isLong ? LONG : ""))
            .map(Text::json)
            .collect(Collectors.joining("\n"));
    return HttpFormat.post(app.messagesPath(1), "application/x-ndjson", lines);
  }

  private static void burst(Run run, Target flood) {
    LoadGenerator.requests(flood, CONNECTIONS, BATCHES);
    run.queues().awaitPersisted();
  }

  private static Series millis(String name, Histogram lags, int percentile) {
    return Series.of(name, "ms", lags.getValueAtPercentile(percentile) / 1e6);
  }
}
