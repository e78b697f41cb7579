package dev.tally.bench.section;

import dev.tally.bench.load.HttpFormat;
import dev.tally.bench.load.Target;
import dev.tally.bench.report.Goal;
import dev.tally.bench.report.Rounds;
import dev.tally.bench.report.Series;
import dev.tally.bench.report.Table;
import dev.tally.bench.stub.StubServer;
import dev.tally.bench.system.AcceptCalls;
import dev.tally.bench.system.Contender;
import dev.tally.bench.system.Dataset;
import dev.tally.bench.system.Mix;
import dev.tally.bench.system.Run;
import dev.tally.testkit.RedisServer;
import dev.tally.testkit.Service;
import java.util.ArrayList;
import java.util.List;

/** Measures how fast the gateway accepts messages. No worker runs. */
public final class AcceptSection {

  private static final int APPS = 8;
  private static final int CHATS = 25;
  private static final int BATCH = 100;

  private AcceptSection() {}

  private static Mix mix(Run run) {
    return Mix.even(new Dataset(run.servers()).apps(APPS, CHATS));
  }

  /**
   * Compares requests with one message each with an empty endpoint, the bare script, and three
   * round trips to Redis.
   */
  public static void accept(Run run) {
    Mix mix = mix(run);
    RedisServer redis = run.servers().redis();
    String policy = redis.appendFsync();
    try (Service gateway = run.services().gateway();
        Service stub = StubServer.start(run.services())) {
      for (String fsync : List.of("always", "everysec")) {
        redis.appendFsync(fsync);
        accept(run, "accept, fsync " + fsync, mix, gateway, stub);
      }
    } finally {
      redis.appendFsync(policy);
    }
  }

  private static void accept(Run run, String title, Mix mix, Service gateway, Service stub) {
    Contender gatewayLoad = run.writes(gateway, mix.posts());
    byte[] post = HttpFormat.post("/empty", "application/json", mix.draws().getFirst().json());
    Contender emptyLoad = run.contender(stub, List.of(post));
    Contender tripsLoad = run.writes(stub, roundTrips(mix, run.servers().redis()));
    AcceptCalls calls = new AcceptCalls(run.servers().redis(), mix.draws());

    Rounds rounds = new Rounds();
    Series accept = rounds.add("accept", "msg/s", gatewayLoad::measure);
    Series acceptCpu = rounds.add("accept", "msg", gatewayLoad::perCpuSecond);
    Series empty = rounds.add("empty endpoint", "msg/s", emptyLoad::measure);
    Series emptyCpu = rounds.add("empty endpoint", "msg", emptyLoad::perCpuSecond);
    Series trips = rounds.add("three round trips", "msg/s", tripsLoad::measure);
    Series script = bare(run, rounds, "bare script", calls.single(), gatewayLoad);
    Series pipelines = bare(run, rounds, "in pipelines", calls.pipelined(), gatewayLoad);
    rounds.run(run.scale().rounds());

    Table table = run.table();
    table.add(title, accept, empty, new Goal.AtLeast(0.6));
    table.add(title, accept, script, new Goal.AtLeast(0.2));
    table.add(title, accept, trips, new Goal.AtLeast(2));
    String cpu = title + ", a CPU second of the gateway";
    table.add(cpu, acceptCpu, emptyCpu, new Goal.AtLeast(0.6));
    table.add(title + ", bare script in pipelines", pipelines, script);
    table.note(
        "%s: %d connections (empty endpoint: %d, three round trips: %d, script: as many as accept)"
            .formatted(
                title,
                gatewayLoad.connections(),
                emptyLoad.connections(),
                tripsLoad.connections()));
  }

  private static Series bare(
      Run run, Rounds rounds, String name, Target script, Contender gatewayLoad) {
    return rounds.add(
        name,
        "msg/s",
        () -> {
          double rate = run.rate(script, gatewayLoad.connections());
          run.clearQueues();
          return rate;
        });
  }

  private static List<byte[]> roundTrips(Mix mix, RedisServer redis) {
    for (int chat = 0; chat < APPS * CHATS; chat++) {
      redis.commands().setnx("bench:%d:messages".formatted(chat), "0");
    }
    List<byte[]> requests = new ArrayList<>();
    for (Mix.Draw draw : mix.draws()) {
      String path = "/round-trips/" + requests.size() % (APPS * CHATS);
      requests.add(HttpFormat.post(path, "application/json", draw.json()));
    }
    return requests;
  }

  /** Compares NDJSON batches with requests of one message each. */
  public static void batch(Run run) {
    Mix mix = mix(run);
    try (Service gateway = run.services().gateway()) {
      Contender batchLoad = run.writes(gateway, mix.batches(BATCH));
      Contender singleLoad = run.writes(gateway, mix.posts());
      Rounds rounds = new Rounds();
      Series batches = rounds.add("batches", "msg/s", () -> batchLoad.measure() * BATCH);
      Series singles = rounds.add("one message a request", "msg/s", singleLoad::measure);
      rounds.run(run.scale().rounds());
      String title = "accept, NDJSON of %d".formatted(BATCH);
      run.table().add(title, batches, singles, new Goal.AtLeast(10));
      run.table().note("batch: %d connections".formatted(batchLoad.connections()));
    }
  }
}
