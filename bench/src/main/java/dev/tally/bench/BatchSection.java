package dev.tally.bench;

import dev.tally.bench.load.Target;
import dev.tally.bench.report.Goal;
import dev.tally.bench.report.Interleaved;
import dev.tally.bench.report.Table;
import dev.tally.bench.system.Dataset;
import dev.tally.bench.system.Queues;
import dev.tally.testkit.RedisServer;
import dev.tally.testkit.Service;

/** Compares NDJSON batches with requests of one message each. No worker runs. */
final class BatchSection implements Section {

  private static final int APPS = 8;
  private static final int CHATS = 25;
  private static final int BATCH = 100;

  @Override
  public String name() {
    return "batch";
  }

  @Override
  public void run(Setting setting, Table table) {
    Mix mix = Mix.even(new Dataset(setting.servers()).apps(APPS, CHATS), CHATS);
    RedisServer redis = setting.servers().redis();
    try (Service gateway = setting.services().gateway()) {
      Contender batches =
          new Contender(
              Target.http(gateway.port(), mix.batches(BATCH)),
              gateway::cpu,
              setting.scale(),
              () -> Queues.clear(redis.commands()));
      Contender singles =
          new Contender(
              Target.http(gateway.port(), mix.posts()),
              gateway::cpu,
              setting.scale(),
              () -> Queues.clear(redis.commands()));
      table.add(
          new Interleaved()
              .add("batches", () -> batches.measure() * BATCH)
              .add("singles", singles::measure)
              .run(setting.scale().rounds())
              .row(
                  "accept, NDJSON of %d".formatted(BATCH),
                  "batches",
                  "msg/s",
                  "one message a request",
                  "singles",
                  new Goal.AtLeast(10)));
      table.note("batch: %d connections".formatted(batches.connections()));
    }
  }
}
