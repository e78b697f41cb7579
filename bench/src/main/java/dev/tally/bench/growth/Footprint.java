package dev.tally.bench.growth;

import dev.tally.bench.report.Goal;
import dev.tally.bench.report.Interleaved;
import dev.tally.bench.report.Table;
import dev.tally.bench.section.Setting;
import dev.tally.bench.stub.StubServer;
import dev.tally.bench.system.Mix;
import dev.tally.testkit.Service;
import dev.tally.testkit.Services;
import java.util.List;
import java.util.function.Supplier;

/** Compares memory and start-up of the services with a service that does nothing. */
final class Footprint {

  private static final int SMALL_HEAP = 112;
  private static final String NOTHING = "a service that does nothing";
  private static final List<String> NAMES =
      List.of("stub", "chat-gateway", "chat-worker", "chat-api");

  private Footprint() {}

  /** Starts all services one after the other, and measures how long it takes. */
  static void startUp(Setting setting, Table table) {
    Services services = setting.services();
    List<Supplier<Service>> all =
        List.of(
            () -> StubServer.start(services), services::gateway, services::worker, services::api);
    int starts = setting.scale().fewRounds();
    double[][] seconds = new double[all.size()][starts];
    double[][] megabytes = new double[all.size()][starts];
    for (int start = 0; start < starts; start++) {
      for (int i = 0; i < all.size(); i++) {
        try (Service started = all.get(i).get()) {
          seconds[i][start] = started.startUp().toMillis() / 1e3;
          megabytes[i][start] = started.residentBytes() / 1e6;
        }
      }
    }
    for (int i = 1; i < all.size(); i++) {
      String name = NAMES.get(i);
      Goal twice = new Goal.AtMost(2);
      table.add("start-up of " + name, seconds[i], "s", NOTHING, seconds[0], twice);
      String memory = "memory of %s at rest".formatted(name);
      table.add(memory, megabytes[i], "MB", NOTHING, megabytes[0], twice);
    }
  }

  /** Measures a gateway with a small heap. */
  static void smallHeap(Setting setting, Table table, Mix mix) {
    String limit = "with %d MB".formatted(Services.HEAP);
    String name = "chat-gateway with a heap of %d MB".formatted(SMALL_HEAP);
    try (Service small = setting.services().gateway(SMALL_HEAP);
        Service large = setting.services().gateway()) {
      Interleaved.Figures rates =
          new Interleaved()
              .add("small", setting.writes(small, mix.posts())::measure)
              .add(limit, setting.writes(large, mix.posts())::measure)
              .run(setting.scale().fewRounds());
      double[] used = {small.residentBytes() / 1e6};
      double[] most = {300};
      table.add("memory under load of " + name, used, "MB", "300 MB", most, new Goal.AtMost(1));
      rates.addTo(table, "accept by " + name, "small", "msg/s", limit, new Goal.None());
    }
    setting.clearQueues();
  }
}
