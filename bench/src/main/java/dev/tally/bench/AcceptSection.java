package dev.tally.bench;

import dev.tally.bench.load.Http;
import dev.tally.bench.load.LoadGenerator;
import dev.tally.bench.load.Target;
import dev.tally.bench.report.Goal;
import dev.tally.bench.report.Interleaved;
import dev.tally.bench.report.Table;
import dev.tally.bench.stub.StubServer;
import dev.tally.bench.system.Dataset;
import dev.tally.bench.system.Queues;
import dev.tally.bench.system.Text;
import dev.tally.testkit.RedisServer;
import dev.tally.testkit.Service;
import java.util.ArrayList;
import java.util.List;

/**
 * Measures requests with one message each, and compares them with an empty endpoint, the bare
 * script, and three round trips to Redis. No worker runs.
 */
final class AcceptSection implements Section {

  private static final int APPS = 8;
  private static final int CHATS = 25;

  @Override
  public String name() {
    return "accept";
  }

  @Override
  public void run(Setting setting, Table table) {
    Mix mix = Mix.even(new Dataset(setting.servers()).apps(APPS, CHATS), CHATS);
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
    Scale scale = setting.scale();
    RedisServer redis = setting.servers().redis();
    Contender ours =
        new Contender(
            Target.http(gateway.port(), mix.posts()),
            gateway::cpu,
            scale,
            () -> Queues.clear(redis.commands()));
    Contender empty =
        new Contender(Target.http(stub.port(), empty(mix)), stub::cpu, scale, () -> {});
    Contender trips =
        new Contender(
            Target.http(stub.port(), roundTrips(mix, redis)),
            stub::cpu,
            scale,
            () -> Queues.clear(redis.commands()));
    AcceptCalls calls = new AcceptCalls(redis, mix.draws());
    Target script = calls.single();
    Target pipelined = calls.pipelined();

    Interleaved.Figures figures =
        new Interleaved()
            .add("ours", ours::measure)
            .add("ours/cpu", ours::perCpuSecond)
            .add("empty", empty::measure)
            .add("empty/cpu", empty::perCpuSecond)
            .add("trips", trips::measure)
            .add("trips/cpu", trips::perCpuSecond)
            .add("script", () -> raw(redis, script, ours.connections(), scale))
            .add("pipelined", () -> raw(redis, pipelined, ours.connections(), scale))
            .run(scale.rounds());

    String name = "accept, fsync " + fsync;
    String cpu = name + ", a CPU second of the gateway";
    table.add(figures.row(name, "ours", "msg/s", "empty endpoint", "empty", new Goal.AtLeast(0.6)));
    table.add(figures.row(name, "ours", "msg/s", "bare script", "script", new Goal.AtLeast(0.2)));
    table.add(
        figures.row(name, "ours", "msg/s", "three round trips", "trips", new Goal.AtLeast(2)));
    table.add(
        figures.row(cpu, "ours/cpu", "msg", "empty endpoint", "empty/cpu", new Goal.AtLeast(0.6)));
    table.add(
        figures.row(cpu, "ours/cpu", "msg", "three round trips", "trips/cpu", new Goal.AtLeast(2)));
    table.add(
        figures.row(
            "bare script in pipelines of %d, fsync %s".formatted(AcceptCalls.PIPELINE, fsync),
            "pipelined",
            "msg/s",
            "one call a round trip",
            "script",
            new Goal.None()));
    table.note(
        "accept, fsync %s: %d connections (empty endpoint: %d, three round trips: %d, script: as many as accept)"
            .formatted(fsync, ours.connections(), empty.connections(), trips.connections()));
  }

  private static double raw(RedisServer redis, Target target, int connections, Scale scale) {
    double rate = LoadGenerator.closed(target, connections, scale.round()).rate();
    Queues.clear(redis.commands());
    return rate;
  }

  private static List<byte[]> empty(Mix mix) {
    return mix.draws().stream()
        .map(draw -> Http.post("/empty", "application/json", Text.json(draw.body())))
        .toList();
  }

  private static List<byte[]> roundTrips(Mix mix, RedisServer redis) {
    for (int chat = 0; chat < APPS * CHATS; chat++) {
      redis.commands().setnx("bench:%d:messages".formatted(chat), "0");
    }
    List<byte[]> requests = new ArrayList<>();
    for (Mix.Draw draw : mix.draws()) {
      requests.add(
          Http.post(
              "/round-trips/" + requests.size() % (APPS * CHATS),
              "application/json",
              Text.json(draw.body())));
    }
    return requests;
  }
}
