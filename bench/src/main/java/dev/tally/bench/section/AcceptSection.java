package dev.tally.bench.section;

import dev.tally.bench.data.Dataset;
import dev.tally.bench.data.Mix;
import dev.tally.bench.load.HttpFormat;
import dev.tally.bench.report.Goal;
import dev.tally.bench.report.Rounds;
import dev.tally.bench.report.Series;
import dev.tally.bench.report.Table;
import dev.tally.bench.system.AcceptCalls;
import dev.tally.bench.system.Contender;
import dev.tally.bench.system.Run;
import dev.tally.bench.system.StubServer;
import dev.tally.testkit.RedisServer;
import dev.tally.testkit.Service;
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

  /** Compares requests with one message each with an empty endpoint, and with the bare script. */
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
    AcceptCalls calls = new AcceptCalls(run.servers().redis(), mix.draws());

    Rounds rounds = new Rounds();
    Series accept = rounds.add("accept", "msg/s", gatewayLoad::measure);
    Series acceptCpu = rounds.add("accept", "msg", gatewayLoad::perCpuSecond);
    Series empty = rounds.add("empty endpoint", "msg/s", emptyLoad::measure);
    Series emptyCpu = rounds.add("empty endpoint", "msg", emptyLoad::perCpuSecond);
    Series script = rounds.add("the bare script in pipelines", "msg/s", () -> bare(run, calls));
    rounds.run(run.scale().rounds());

    Table table = run.table();
    table.add(title, accept, empty, new Goal.AtLeast(0.6));
    table.add(title, accept, script);
    String cpu = title + ", a CPU second of the gateway";
    table.add(cpu, acceptCpu, emptyCpu, new Goal.AtLeast(0.6));
  }

  private static double bare(Run run, AcceptCalls calls) {
    double rate = calls.queue(run.scale().drainMessages());
    run.queues().clear();
    return rate;
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
    }
  }
}
