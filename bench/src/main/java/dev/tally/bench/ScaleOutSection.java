package dev.tally.bench;

import dev.tally.bench.load.LoadGenerator;
import dev.tally.bench.load.Target;
import dev.tally.bench.report.Goal;
import dev.tally.bench.report.Interleaved;
import dev.tally.bench.report.Row;
import dev.tally.bench.report.Table;
import dev.tally.bench.system.Dataset;
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
import java.util.concurrent.CompletableFuture;

/**
 * Compares several workers, two gateways and a Redis Cluster with one of each. If one process can
 * keep all processors busy, the figures show what processes cost each other, not what they add.
 */
final class ScaleOutSection implements Section {

  private static final int APPS = 16;
  private static final int CHATS = 25;
  private static final int NODES = 3;
  private static final int CONNECTIONS = 32;
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
        settle();
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
          table.add(
              Row.of(
                  "drain by %d workers".formatted(count),
                  rates,
                  "msg/s",
                  "one worker",
                  one,
                  new Goal.AtLeast(0.8)));
        }
      }
    } finally {
      workers.forEach(Service::close);
    }
  }

  private static void settle() {
    try {
      Thread.sleep(LEASES_SETTLE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private static void gateways(Setting setting, Table table, Mix mix) {
    Scale scale = setting.scale();
    try (Service first = setting.services().gateway();
        Service second = setting.services().gateway()) {
      Target one = Target.http(first.port(), mix.posts());
      Target other = Target.http(second.port(), mix.posts());
      for (Target target : List.of(one, other)) {
        Contender.warmUp(target, scale);
      }
      table.add(
          new Interleaved()
              .add("one", () -> rate(setting, one, CONNECTIONS))
              .add(
                  "two",
                  () -> {
                    CompletableFuture<Double> half =
                        CompletableFuture.supplyAsync(() -> rate(setting, other, CONNECTIONS / 2));
                    return rate(setting, one, CONNECTIONS / 2) + half.join();
                  })
              .run(scale.rounds())
              .row(
                  "accept by 2 gateways",
                  "two",
                  "msg/s",
                  "one gateway",
                  "one",
                  new Goal.AtLeast(0.8)));
    }
    Queues.clear(setting.servers().redis().commands());
  }

  private static double rate(Setting setting, Target target, int connections) {
    return LoadGenerator.closed(target, connections, setting.scale().round()).rate();
  }

  private static void cluster(Setting setting, Table table, Dataset dataset) {
    Servers servers = setting.servers();
    Scale scale = setting.scale();
    Mix onOne = Mix.even(dataset.apps(APPS, CHATS), CHATS);
    Mix onThree = Mix.even(dataset.apps(APPS, CHATS), CHATS);
    Path folder = Path.of("bench", "target", "run", "redis-cluster");
    try (RedisCluster cluster = RedisCluster.start(folder, NODES)) {
      String nodes = "--TALLY_REDIS_CLUSTER_NODES=" + cluster.addresses();
      long before = servers.database().messages();
      try (Service single = setting.services().gateway();
          Service clustered = setting.services().gateway(nodes)) {
        Target one = Target.http(single.port(), onOne.posts());
        Target three = Target.http(clustered.port(), onThree.posts());
        Contender.warmUp(one, scale);
        Contender.warmUp(three, scale);
        table.add(
            new Interleaved()
                .add("one", () -> rate(setting, one, CONNECTIONS))
                .add("three", () -> rate(setting, three, CONNECTIONS))
                .run(scale.rounds())
                .row(
                    "accept on a Redis Cluster of 3",
                    "three",
                    "msg/s",
                    "one Redis",
                    "one",
                    new Goal.AtLeast(0.8)));
      }
      try (Service worker = setting.services().worker(nodes)) {
        awaitDrained(cluster);
        table.note(
            "Redis Cluster of 3: the worker started in %d s and persisted %,d messages"
                .formatted(worker.startUp().toSeconds(), servers.database().messages() - before));
      }
    }
    Queues.clear(servers.redis().commands());
  }

  private static void awaitDrained(RedisCluster cluster) {
    try (RedisClusterClient client =
            RedisClusterClient.create("redis://" + cluster.addresses().split(",", -1)[0]);
        StatefulRedisClusterConnection<String, String> connection = client.connect()) {
      Drainage.await("an empty queue in the cluster", () -> Queues.waiting(connection.sync()));
    }
  }
}
