package dev.tally.bench.section;

import dev.tally.bench.data.Dataset;
import dev.tally.bench.data.Mix;
import dev.tally.bench.load.Parallel;
import dev.tally.bench.load.Target;
import dev.tally.bench.report.Goal;
import dev.tally.bench.report.Rounds;
import dev.tally.bench.report.Series;
import dev.tally.bench.system.AcceptCalls;
import dev.tally.bench.system.Contender;
import dev.tally.bench.system.Drainage;
import dev.tally.bench.system.Run;
import dev.tally.stack.RedisCluster;
import dev.tally.testkit.Service;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.DoubleAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.function.DoubleSupplier;

/**
 * Compares several workers, two gateways and a Redis Cluster with one of each. If one process can
 * keep all processors busy, the figures show what processes cost each other, not what they add.
 */
public final class ScaleOutSection {

  private static final int APPS = 16;
  private static final int CHATS = 25;
  private static final int NODES = 3;
  private static final Goal GOAL = new Goal.AtLeast(0.8);
  private static final Duration LEASES_SETTLE = Duration.ofSeconds(10);

  private ScaleOutSection() {}

  /** Measures and adds the rows. */
  public static void scaleOut(Run run) {
    Mix mix = Mix.even(new Dataset(run.servers()).apps(APPS, CHATS));
    workers(run, mix);
    gateways(run, mix);
    cluster(run, mix);
  }

  private static void workers(Run run, Mix mix) {
    AcceptCalls calls = new AcceptCalls(run.servers().redis(), mix.draws());
    List<Service> workers = new ArrayList<>();
    try {
      Series one = drained(run, calls, 1, workers);
      for (int count : List.of(2, 4)) {
        Series more = drained(run, calls, count, workers);
        run.table().add("drain by %d workers".formatted(count), more, one, GOAL);
      }
    } finally {
      workers.forEach(Service::close);
    }
  }

  private static Series drained(Run run, AcceptCalls calls, int count, List<Service> workers) {
    while (workers.size() < count) {
      workers.add(run.services().worker());
    }
    LockSupport.parkNanos(LEASES_SETTLE.toNanos());
    int messages = run.scale().drainMessages();
    Drainage drainage = new Drainage(run.servers(), workers);
    drainage.measure(calls, messages);
    Rounds rounds = new Rounds();
    Series rates =
        rounds.add(
            "one worker",
            "msg/s",
            () -> {
              drainage.awaitSearch();
              return drainage.measure(calls, messages);
            });
    rounds.run(run.scale().fewRounds());
    return rates;
  }

  private static void gateways(Run run, Mix mix) {
    try (Service first = run.services().gateway();
        Service second = run.services().gateway()) {
      Target one = warm(run, first, mix);
      Target other = warm(run, second, mix);
      DoubleSupplier both =
          () -> {
            DoubleAdder rate = new DoubleAdder();
            Parallel.run(
                List.of(
                    () -> rate.add(run.rate(one, Contender.CONNECTIONS / 2)),
                    () -> rate.add(run.rate(other, Contender.CONNECTIONS / 2))));
            return rate.sum();
          };
      accept(run, "accept by 2 gateways", both, "one gateway", one);
    }
  }

  private static void cluster(Run run, Mix mix) {
    Path folder = Path.of("bench", "target", "run", "redis-cluster");
    try (RedisCluster cluster = RedisCluster.start(folder, NODES);
        Service single = run.services().gateway();
        Service clustered =
            run.services().gateway("--TALLY_REDIS_CLUSTER_NODES=" + cluster.addresses())) {
      Target one = warm(run, single, mix);
      Target three = warm(run, clustered, mix);
      DoubleSupplier spread = () -> run.rate(three, Contender.CONNECTIONS);
      accept(run, "accept on a Redis Cluster of 3", spread, "one Redis", one);
    }
  }

  private static Target warm(Run run, Service gateway, Mix mix) {
    Target target = new Target(gateway.port(), mix.posts());
    Contender.warmUp(target, run.scale());
    return target;
  }

  private static void accept(
      Run run, String title, DoubleSupplier measurement, String limit, Target one) {
    Rounds rounds = new Rounds();
    Series alone = rounds.add(limit, "msg/s", () -> run.rate(one, Contender.CONNECTIONS));
    Series more = rounds.add(title, "msg/s", measurement);
    rounds.run(run.scale().rounds());
    run.table().add(title, more, alone, GOAL);
    run.clearQueues();
  }
}
