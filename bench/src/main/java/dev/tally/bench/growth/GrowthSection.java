package dev.tally.bench.growth;

import dev.tally.bench.load.HttpFormat;
import dev.tally.bench.report.Figure;
import dev.tally.bench.report.Goal;
import dev.tally.bench.report.Interleaved;
import dev.tally.bench.report.Table;
import dev.tally.bench.section.Contender;
import dev.tally.bench.section.Scale;
import dev.tally.bench.section.Section;
import dev.tally.bench.section.Setting;
import dev.tally.bench.system.AcceptCalls;
import dev.tally.bench.system.Dataset;
import dev.tally.bench.system.Drainage;
import dev.tally.bench.system.Mix;
import dev.tally.testkit.Servers;
import dev.tally.testkit.Service;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleSupplier;

/**
 * Compares the rates of growing numbers of chats and messages with those of the fewest. Measures a
 * chat's memory in Redis, and what {@link Footprint} measures.
 */
public final class GrowthSection implements Section {

  private static final int APPS = 10;
  private static final int MESSAGES_A_CHAT = 10;
  private static final int REQUESTS = 5_000;

  /** The number of chats that get messages at the same time, in all steps. */
  private static final int BUSY = 1_000;

  private static final String DRAIN_OF_ALL = "drain of all chats ";

  @Override
  public String name() {
    return "growth";
  }

  @Override
  public void run(Setting setting, Table table) {
    Footprint.startUp(setting, table);
    Mix mix = Mix.even(new Dataset(setting.servers()).apps(APPS, 100), 100);
    Footprint.smallHeap(setting, table, mix);
    List<Integer> steps = setting.scale().chats();
    Interleaved.Figures fewest = measure(setting, table, steps.getFirst());
    String limit = "with %,d chats".formatted(steps.getFirst());
    for (int chats : steps.subList(1, steps.size())) {
      Interleaved.Figures rates = measure(setting, table, chats);
      String with = "with %,d chats and %,d messages".formatted(chats, chats * MESSAGES_A_CHAT);
      rates
          .series()
          .forEach(
              (name, rate) -> {
                String unit = name.startsWith("read") ? "1/s" : "msg/s";
                Goal goal = name.equals(DRAIN_OF_ALL) ? new Goal.None() : new Goal.AtLeast(1 / 1.3);
                table.add(name + with, rate, unit, limit, fewest.of(name), goal);
              });
    }
  }

  private static Interleaved.Figures measure(Setting setting, Table table, int chats) {
    Scale scale = setting.scale();
    Servers servers = setting.servers();
    servers.wipe();
    long empty = servers.redis().usedMemory();
    Dataset dataset = new Dataset(servers);
    int chatsPerApp = chats / APPS;
    List<Dataset.App> apps = dataset.apps(APPS, chatsPerApp);
    double bytes = (double) (servers.redis().usedMemory() - empty) / chats;
    for (Dataset.App app : apps) {
      dataset.fill(app, 1, MESSAGES_A_CHAT);
      dataset.fillLikeFirst(app, chatsPerApp, MESSAGES_A_CHAT);
    }
    Mix mix = Mix.even(apps, chatsPerApp);
    try (Service gateway = setting.services().gateway();
        Service worker = setting.services().worker();
        Service api = setting.services().api()) {
      // Indexing would take processors from the rates. DrainSection measures it.
      servers.freezeSearch();
      worker.freeze();
      double[] accept;
      try {
        Contender posts = setting.contender(gateway, mix.posts());
        accept = rounds(scale, posts::measure);
        setting.clearQueues();
      } finally {
        worker.thaw();
      }
      Drainage drainage = new Drainage(servers, List.of(worker));
      Mix busy = Mix.few(apps, chatsPerApp, Math.min(BUSY, chats));
      double[] drain = drain(setting, drainage, busy);
      double[] drainSpread = drain(setting, drainage, mix);
      double[] read = rounds(scale, setting.contender(api, reads(mix))::measure);
      table.note(
          "%,d chats: %.0f bytes of Redis for each chat; memory after load: gateway %.0f MB, worker %.0f MB, API %.0f MB"
              .formatted(
                  chats,
                  bytes,
                  gateway.residentBytes() / 1e6,
                  worker.residentBytes() / 1e6,
                  api.residentBytes() / 1e6));
      table.add("Redis a chat, of %,d".formatted(chats), Figure.of(bytes), "bytes");
      Map<String, double[]> series = new LinkedHashMap<>();
      series.put("accept ", accept);
      series.put("drain of %,d chats ".formatted(BUSY), drain);
      series.put(DRAIN_OF_ALL, drainSpread);
      series.put("read a chat ", read);
      return new Interleaved.Figures(series);
    } finally {
      servers.thawSearch();
    }
  }

  private static double[] drain(Setting setting, Drainage drainage, Mix mix) {
    Scale scale = setting.scale();
    AcceptCalls calls = new AcceptCalls(setting.servers().redis(), mix.draws());
    for (int i = 0; i < 2; i++) {
      drainage.measure(calls, scale.drainMessages());
    }
    return rounds(scale, () -> drainage.measure(calls, scale.drainMessages()));
  }

  private static double[] rounds(Scale scale, DoubleSupplier measurement) {
    double[] figures = new double[scale.fewRounds()];
    for (int i = 0; i < figures.length; i++) {
      figures[i] = measurement.getAsDouble();
    }
    return figures;
  }

  private static List<byte[]> reads(Mix mix) {
    List<byte[]> requests = new ArrayList<>();
    for (Mix.Draw draw : mix.draws().subList(0, REQUESTS)) {
      requests.add(HttpFormat.get(draw.app().messagesPath(draw.chat())));
    }
    return requests;
  }
}
