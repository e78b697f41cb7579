package dev.tally.bench.accept;

import dev.tally.bench.report.Goal;
import dev.tally.bench.report.Interleaved;
import dev.tally.bench.report.Table;
import dev.tally.bench.section.Contender;
import dev.tally.bench.section.Section;
import dev.tally.bench.section.Setting;
import dev.tally.bench.system.Dataset;
import dev.tally.bench.system.Mix;
import dev.tally.testkit.Service;

/** Compares NDJSON batches with requests of one message each. No worker runs. */
public final class BatchSection implements Section {

  private static final int BATCH = 100;
  private static final String SINGLES = "one message a request";

  @Override
  public String name() {
    return "batch";
  }

  @Override
  public void run(Setting setting, Table table) {
    Mix mix = AcceptSection.mix(new Dataset(setting.servers()));
    try (Service gateway = setting.services().gateway()) {
      Contender batches = setting.writes(gateway, mix.batches(BATCH));
      Contender singles = setting.writes(gateway, mix.posts());
      new Interleaved()
          .add("batches", () -> batches.measure() * BATCH)
          .add(SINGLES, singles::measure)
          .run(setting.scale().rounds())
          .addTo(
              table,
              "accept, NDJSON of %d".formatted(BATCH),
              "batches",
              "msg/s",
              SINGLES,
              new Goal.AtLeast(10));
      table.note("batch: %d connections".formatted(batches.connections()));
    }
  }
}
