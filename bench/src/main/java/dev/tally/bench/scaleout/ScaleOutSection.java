package dev.tally.bench.scaleout;

import dev.tally.bench.load.LoadGenerator;
import dev.tally.bench.load.Parallel;
import dev.tally.bench.load.Target;
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
import dev.tally.bench.system.Queues;
import dev.tally.stack.RedisCluster;
import dev.tally.testkit.Servers;
import dev.tally.testkit.Service;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.cluster.api.StatefulRedisClusterConnection;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleSupplier;

/**
 * Compares several workers, two gateways and a Redis Cluster with one of each. If one process can
 * keep all processors busy, the figures show what processes cost each other, not what they add.
 */
public final class ScaleOutSection implements Section {

  private static final int APPS = 16;
  private static final int CHATS = 25;
  private static final int NODES = 3;
  private static final int CONNECTIONS = 32;
  private static final Goal LEAST = new Goal.AtLeast(0.8);
  private static final Duration LEASES_SETTLE = Duration.ofSeconds(10);

  @Override
  public String name() {
    return "scale-out";
  }

  @Override
  public void run(Setting setting, Table table) {
    Dataset dataset = new Dataset(setting.servers());
    workers(setting, table, Mix.even(dataset.apps(APPS, CHATS), CHATS));
    gateways(setting, table, Mix.even(dataset.apps(APPS, CHATS), CHATS));
    cluster(setting, table, dataset);
  }

  private static void workers(Setting setting, Table table, Mix mix) {
    Servers servers = setting.servers();
    Scale scale = setting.scale();
    AcceptCalls calls = new AcceptCalls(servers.redis(), mix.draws());
    List<Service> workers = new ArrayList<>();
    double[] one = new double[scale.fewRounds()];
    try {
      for (int count : scale.workers()) {
        while (workers.size() < count) {
          workers.add(setting.services().worker());
        }
        Parallel.pause(LEASES_SETTLE);
        Drainage drainage = new Drainage(servers, workers);
        drainage.measure(calls, scale.drainMessages());
        double[] rates = new double[scale.fewRounds()];
        for (int i = 0; i < rates.length; i++) {
          drainage.awaitSearch();
          rates[i] = drainage.measure(calls, scale.drainMessages());
        }
        if (count == 1) {
          one = rates;
        } else {
          String name = "drain by %d workers".formatted(count);
          table.add(name, rates, "msg/s", "one worker", one, LEAST);
        }
      }
    } finally {
      workers.forEach(Service::close);
    }
  }

  private static void gateways(Setting setting, Table table, Mix mix) {
    try (Service first = setting.services().gateway();
        Service second = setting.services().gateway()) {
      Target one = warm(setting, first, mix);
      Target other = warm(setting, second, mix);
      DoubleSupplier both =
          () -> {
            double[] rates = new double[2];
            Parallel.run(
                List.of(
                    _ -> rates[0] = rate(setting, one, CONNECTIONS / 2),
                    _ -> rates[1] = rate(setting, other, CONNECTIONS / 2)));
            return rates[0] + rates[1];
          };
      new Interleaved()
          .add("one gateway", () -> rate(setting, one, CONNECTIONS))
          .add("two", both)
          .run(setting.scale().rounds())
          .addTo(table, "accept by 2 gateways", "two", "msg/s", "one gateway", LEAST);
    }
    setting.clearQueues();
  }

  private static Target warm(Setting setting, Service gateway, Mix mix) {
    Target target = Target.http(gateway.port(), mix.posts());
    Contender.warmUp(target, setting.scale());
    return target;
  }

  private static double rate(Setting setting, Target target, int connections) {
    return LoadGenerator.closed(target, connections, setting.scale().round()).rate();
  }

  private static void cluster(Setting setting, Table table, Dataset dataset) {
    Servers servers = setting.servers();
    Mix onOne = Mix.even(dataset.apps(APPS, CHATS), CHATS);
    Mix onThree = Mix.even(dataset.apps(APPS, CHATS), CHATS);
    Path folder = Path.of("bench", "target", "run", "redis-cluster");
    try (RedisCluster cluster = RedisCluster.start(folder, NODES)) {
      String nodes = "--TALLY_REDIS_CLUSTER_NODES=" + cluster.addresses();
      long before = servers.database().messages();
      try (Service single = setting.services().gateway();
          Service clustered = setting.services().gateway(nodes)) {
        Target one = warm(setting, single, onOne);
        Target three = warm(setting, clustered, onThree);
        new Interleaved()
            .add("one Redis", () -> rate(setting, one, CONNECTIONS))
            .add("three", () -> rate(setting, three, CONNECTIONS))
            .run(setting.scale().rounds())
            .addTo(table, "accept on a Redis Cluster of 3", "three", "msg/s", "one Redis", LEAST);
      }
      try (Service worker = setting.services().worker(nodes)) {
        awaitDrained(cluster);
        table.note(
            "Redis Cluster of 3: the worker started in %d s and persisted %,d messages"
                .formatted(worker.startUp().toSeconds(), servers.database().messages() - before));
      }
    }
    setting.clearQueues();
  }

  private static void awaitDrained(RedisCluster cluster) {
    try (RedisClusterClient client =
            RedisClusterClient.create("redis://" + cluster.addresses().split(",", -1)[0]);
        StatefulRedisClusterConnection<String, String> connection = client.connect()) {
      Drainage.await("an empty queue in the cluster", () -> Queues.waiting(connection.sync()));
    }
  }
}
