package dev.tally.bench.section;

import dev.tally.bench.data.Dataset;
import dev.tally.bench.data.Mix;
import dev.tally.bench.load.HttpFormat;
import dev.tally.bench.report.Goal;
import dev.tally.bench.report.Rounds;
import dev.tally.bench.report.Series;
import dev.tally.bench.system.AcceptCalls;
import dev.tally.bench.system.Run;
import dev.tally.testkit.Servers;
import dev.tally.testkit.Service;
import java.util.List;
import java.util.function.DoubleSupplier;

/**
 * Compares the rates with many chats and messages with those with few. Measures a chat's memory in
 * Redis, and what {@link Footprint} measures.
 */
public final class GrowthSection {

  private static final int APPS = 10;
  private static final int MESSAGES = 10;
  private static final int REQUESTS = 5_000;

  /** The number of chats that get messages at the same time, in both steps. */
  private static final int BUSY = 1_000;

  private GrowthSection() {}

  /** Measures and adds the rows. */
  public static void growth(Run run) {
    Footprint.startUp(run);
    Footprint.smallHeap(run, Mix.even(new Dataset(run.servers()).apps(APPS, 100)));
    int chats = run.scale().manyChats();
    Step few = step(run, run.scale().fewChats());
    Step many = step(run, chats);
    Goal goal = new Goal.AtLeast(1 / 1.3);
    String with = " with %,d chats and %,d messages".formatted(chats, chats * MESSAGES);
    run.table().add("accept" + with, many.accept, few.accept, goal);
    String busy = "drain of %,d chats".formatted(BUSY);
    run.table().add(busy + with, many.drain, few.drain, goal);
    run.table().add("drain of all chats" + with, many.drainOfAll, few.drainOfAll);
    run.table().add("read a chat" + with, many.read, few.read, goal);
  }

  private record Step(Series accept, Series drain, Series drainOfAll, Series read) {}

  private static Step step(Run run, int chats) {
    Servers servers = run.servers();
    servers.wipe();
    long empty = servers.redis().usedMemory();
    List<Dataset.App> apps = new Dataset(servers).apps(APPS, chats / APPS, MESSAGES);
    double bytes = (double) (servers.redis().usedMemory() - empty) / chats;
    Mix mix = Mix.even(apps);
    String limit = "with %,d chats".formatted(chats);
    try (Service gateway = run.services().gateway()) {
      Series accept = measured(run, limit, "msg/s", run.writes(gateway, mix.posts())::measure);
      try (Service worker = run.services().worker();
          Service api = run.services().api()) {
        // Indexing would take processors from the rates. DrainSection measures it.
        servers.freezeSearch();
        Series busy = drained(run, limit, worker, Mix.few(apps, Math.min(BUSY, chats)));
        Series all = drained(run, limit, worker, mix);
        Series read = measured(run, limit, "1/s", run.contender(api, reads(mix))::measure);
        for (Service service : List.of(gateway, worker, api)) {
          String memory = "memory of %s after load, %s".formatted(service.name(), limit);
          run.table().add(memory, service.residentBytes() / 1e6, "MB");
        }
        run.table().add("Redis a chat, of %,d".formatted(chats), bytes, "bytes");
        return new Step(accept, busy, all, read);
      } finally {
        servers.thawSearch();
      }
    }
  }

  private static Series drained(Run run, String name, Service worker, Mix mix) {
    int messages = run.scale().drainMessages();
    AcceptCalls calls = new AcceptCalls(run.servers().redis(), mix.draws());
    for (int i = 0; i < 2; i++) {
      run.queues().drain(worker, calls, messages);
    }
    return measured(run, name, "msg/s", () -> run.queues().drain(worker, calls, messages));
  }

  private static Series measured(Run run, String name, String unit, DoubleSupplier measurement) {
    Rounds rounds = new Rounds();
    Series series = rounds.add(name, unit, measurement);
    rounds.run(run.scale().fewRounds());
    return series;
  }

  private static List<byte[]> reads(Mix mix) {
    return mix.draws().stream().limit(REQUESTS).map(draw -> HttpFormat.get(draw.path())).toList();
  }
}
