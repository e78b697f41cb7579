package dev.tally.bench;

import dev.tally.bench.load.Http;
import dev.tally.bench.load.Target;
import dev.tally.bench.report.Figure;
import dev.tally.bench.report.Goal;
import dev.tally.bench.report.Interleaved;
import dev.tally.bench.report.Row;
import dev.tally.bench.report.Table;
import dev.tally.bench.stub.StubServer;
import dev.tally.bench.system.Dataset;
import dev.tally.bench.system.Queues;
import dev.tally.testkit.Servers;
import dev.tally.testkit.Service;
import dev.tally.testkit.Services;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;

/**
 * Compares the rates of growing numbers of chats and messages with those of the fewest. Measures a
 * chat's memory in Redis. Compares memory and start-up of the services with a service that does
 * nothing.
 */
final class GrowthSection implements Section {

  private static final int APPS = 10;
  private static final int MESSAGES_A_CHAT = 10;
  private static final int REQUESTS = 5_000;

  /** The number of chats that get messages at the same time, in all steps. */
  private static final int BUSY = 1_000;

  private static final int SMALL_HEAP = 112;

  @Override
  public String name() {
    return "growth";
  }

  @Override
  public void run(Setting setting, Table table) {
    startUp(setting, table);
    memory(setting, table);
    List<Integer> steps = setting.scale().chats();
    Interleaved.Figures fewest = measure(setting, table, steps.getFirst());
    for (int chats : steps.subList(1, steps.size())) {
      Interleaved.Figures rates = measure(setting, table, chats);
      String with = "with %,d chats and %,d messages".formatted(chats, chats * MESSAGES_A_CHAT);
      String limit = "with %,d chats".formatted(steps.getFirst());
      add(table, "accept " + with, rates.of("accept"), "msg/s", limit, fewest.of("accept"));
      add(
          table,
          "drain of %,d chats ".formatted(BUSY) + with,
          rates.of("drain"),
          "msg/s",
          limit,
          fewest.of("drain"));
      table.add(
          Row.of(
              "drain of all chats " + with,
              rates.of("drain of all"),
              "msg/s",
              limit,
              fewest.of("drain of all"),
              new Goal.None()));
      add(table, "read a chat " + with, rates.of("read"), "1/s", limit, fewest.of("read"));
    }
  }

  private static void add(
      Table table, String name, double[] measured, String unit, String limitName, double[] limit) {
    table.add(Row.of(name, measured, unit, limitName, limit, new Goal.AtLeast(1 / 1.3)));
  }

  private static void startUp(Setting setting, Table table) {
    Map<String, Supplier<Service>> services = new LinkedHashMap<>();
    services.put("stub", () -> StubServer.start(setting.services()));
    services.put("chat-gateway", setting.services()::gateway);
    services.put("chat-worker", setting.services()::worker);
    services.put("chat-api", setting.services()::api);
    Map<String, double[]> seconds = new LinkedHashMap<>();
    Map<String, double[]> megabytes = new LinkedHashMap<>();
    int starts = setting.scale().fewRounds();
    for (int i = 0; i < starts; i++) {
      int start = i;
      services.forEach(
          (name, service) -> {
            try (Service started = service.get()) {
              seconds.computeIfAbsent(name, _ -> new double[starts])[start] =
                  started.startUp().toMillis() / 1e3;
              megabytes.computeIfAbsent(name, _ -> new double[starts])[start] =
                  started.residentBytes() / 1e6;
            }
          });
    }
    services.keySet().stream()
        .skip(1)
        .forEach(
            name -> {
              table.add(
                  Row.of(
                      "start-up of " + name,
                      figures(seconds, name),
                      "s",
                      "a service that does nothing",
                      figures(seconds, "stub"),
                      new Goal.AtMost(2)));
              table.add(
                  Row.of(
                      "memory of %s at rest".formatted(name),
                      figures(megabytes, name),
                      "MB",
                      "a service that does nothing",
                      figures(megabytes, "stub"),
                      new Goal.AtMost(2)));
            });
  }

  /** Measures a gateway with a small heap. */
  private static void memory(Setting setting, Table table) {
    Mix mix = Mix.even(new Dataset(setting.servers()).apps(APPS, 100), 100);
    Services services = setting.services();
    try (Service small = services.gateway(SMALL_HEAP);
        Service large = services.gateway()) {
      Interleaved.Figures figures =
          new Interleaved()
              .add("small", posts(small, mix, setting)::measure)
              .add("large", posts(large, mix, setting)::measure)
              .run(setting.scale().fewRounds());
      double[] used = {small.residentBytes() / 1e6};
      double[] limit = {300};
      String name = "chat-gateway with a heap of %d MB".formatted(SMALL_HEAP);
      table.add(
          Row.of("memory under load of " + name, used, "MB", "300 MB", limit, new Goal.AtMost(1)));
      table.add(
          figures.row(
              "accept by " + name,
              "small",
              "msg/s",
              "with " + Services.HEAP + " MB",
              "large",
              new Goal.None()));
    }
    Queues.clear(setting.servers().redis().commands());
  }

  private static Contender posts(Service gateway, Mix mix, Setting setting) {
    return new Contender(
        Target.http(gateway.port(), mix.posts()),
        gateway::cpu,
        setting.scale(),
        () -> Queues.clear(setting.servers().redis().commands()));
  }

  private static double[] figures(Map<String, double[]> all, String name) {
    return all.getOrDefault(name, new double[0]);
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
        Contender posts =
            new Contender(Target.http(gateway.port(), mix.posts()), gateway::cpu, scale, () -> {});
        accept = rounds(scale, posts::measure);
        Queues.clear(servers.redis().commands());
      } finally {
        worker.thaw();
      }
      Drainage drainage = new Drainage(servers, List.of(worker));
      Mix busy = Mix.few(apps, chatsPerApp, Math.min(BUSY, chats));
      double[] drain = drain(setting, drainage, busy);
      double[] drainSpread = drain(setting, drainage, mix);
      Contender reads =
          new Contender(Target.http(api.port(), reads(mix)), api::cpu, scale, () -> {});
      double[] read = rounds(scale, reads::measure);
      table.note(
          "%,d chats: %.0f bytes of Redis for each chat; memory after load: gateway %.0f MB, worker %.0f MB, API %.0f MB"
              .formatted(
                  chats,
                  bytes,
                  gateway.residentBytes() / 1e6,
                  worker.residentBytes() / 1e6,
                  api.residentBytes() / 1e6));
      table.add("Redis a chat, of %,d".formatted(chats), Figure.of(bytes), "bytes");
      return new Interleaved.Figures(
          Map.of("accept", accept, "drain", drain, "drain of all", drainSpread, "read", read));
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
      requests.add(Http.get(draw.app().messagesPath(draw.chat())));
    }
    return requests;
  }
}
