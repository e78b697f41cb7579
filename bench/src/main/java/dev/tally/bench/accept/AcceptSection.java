package dev.tally.bench.accept;

import dev.tally.bench.load.HttpFormat;
import dev.tally.bench.load.LoadGenerator;
import dev.tally.bench.load.Target;
import dev.tally.bench.report.Goal;
import dev.tally.bench.report.Interleaved;
import dev.tally.bench.report.Table;
import dev.tally.bench.section.Contender;
import dev.tally.bench.section.Section;
import dev.tally.bench.section.Setting;
import dev.tally.bench.stub.StubServer;
import dev.tally.bench.system.AcceptCalls;
import dev.tally.bench.system.Dataset;
import dev.tally.bench.system.Mix;
import dev.tally.bench.system.Text;
import dev.tally.testkit.RedisServer;
import dev.tally.testkit.Service;
import java.util.ArrayList;
import java.util.List;

/**
 * Measures requests with one message each, and compares them with an empty endpoint, the bare
 * script, and three round trips to Redis. No worker runs.
 */
public final class AcceptSection implements Section {

  private static final int APPS = 8;
  private static final int CHATS = 25;
  private static final String EMPTY = "empty endpoint";
  private static final String SCRIPT = "bare script";
  private static final String ONE_CALL = "one call a round trip";
  private static final String TRIPS = "three round trips";

  @Override
  public String name() {
    return "accept";
  }

  static Mix mix(Dataset dataset) {
    return Mix.even(dataset.apps(APPS, CHATS), CHATS);
  }

  @Override
  public void run(Setting setting, Table table) {
    Mix mix = mix(new Dataset(setting.servers()));
    RedisServer redis = setting.servers().redis();
    String policy = redis.appendFsync();
    try (Service gateway = setting.services().gateway();
        Service stub = StubServer.start(setting.services())) {
      for (String fsync : List.of("always", "everysec")) {
        redis.appendFsync(fsync);
        measure(setting, table, mix, gateway, stub, fsync);
      }
    } finally {
      redis.appendFsync(policy);
    }
  }

  private static void measure(
      Setting setting, Table table, Mix mix, Service gateway, Service stub, String fsync) {
    RedisServer redis = setting.servers().redis();
    Contender ours = setting.writes(gateway, mix.posts());
    Contender empty = setting.contender(stub, empty(mix));
    Contender trips = setting.writes(stub, roundTrips(mix, redis));
    AcceptCalls calls = new AcceptCalls(redis, mix.draws());
    Target script = calls.single();
    Target pipelined = calls.pipelined();
    Interleaved.Figures rates =
        new Interleaved()
            .add("ours", ours::measure)
            .add("ours/cpu", ours::perCpuSecond)
            .add(EMPTY, empty::measure)
            .add("empty/cpu", empty::perCpuSecond)
            .add(TRIPS, trips::measure)
            .add("trips/cpu", trips::perCpuSecond)
            .add(SCRIPT, () -> raw(setting, script, ours.connections()))
            .add("pipelined", () -> raw(setting, pipelined, ours.connections()))
            .run(setting.scale().rounds());
    String name = "accept, fsync " + fsync;
    rates.addTo(table, name, "ours", "msg/s", EMPTY, new Goal.AtLeast(0.6));
    rates.addTo(table, name, "ours", "msg/s", SCRIPT, new Goal.AtLeast(0.2));
    rates.addTo(table, name, "ours", "msg/s", TRIPS, new Goal.AtLeast(2));
    String cpu = name + ", a CPU second of the gateway";
    double[] ofCpu = rates.of("ours/cpu");
    table.add(cpu, ofCpu, "msg", EMPTY, rates.of("empty/cpu"), new Goal.AtLeast(0.6));
    table.add(cpu, ofCpu, "msg", TRIPS, rates.of("trips/cpu"), new Goal.AtLeast(2));
    table.add(
        "bare script in pipelines of %d, fsync %s".formatted(AcceptCalls.PIPELINE, fsync),
        rates.of("pipelined"),
        "msg/s",
        ONE_CALL,
        rates.of(SCRIPT),
        new Goal.None());
    table.note(
        "%s: %d connections (empty endpoint: %d, three round trips: %d, script: as many as accept)"
            .formatted(name, ours.connections(), empty.connections(), trips.connections()));
  }

  private static double raw(Setting setting, Target target, int connections) {
    double rate = LoadGenerator.closed(target, connections, setting.scale().round()).rate();
    setting.clearQueues();
    return rate;
  }

  private static List<byte[]> empty(Mix mix) {
    return mix.draws().stream()
        .map(draw -> HttpFormat.post("/empty", "application/json", Text.json(draw.body())))
        .toList();
  }

  private static List<byte[]> roundTrips(Mix mix, RedisServer redis) {
    for (int chat = 0; chat < APPS * CHATS; chat++) {
      redis.commands().setnx("bench:%d:messages".formatted(chat), "0");
    }
    List<byte[]> requests = new ArrayList<>();
    for (Mix.Draw draw : mix.draws()) {
      String path = "/round-trips/" + requests.size() % (APPS * CHATS);
      requests.add(HttpFormat.post(path, "application/json", Text.json(draw.body())));
    }
    return requests;
  }
}
