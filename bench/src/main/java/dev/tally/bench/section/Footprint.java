package dev.tally.bench.section;

import dev.tally.bench.data.Mix;
import dev.tally.bench.report.Goal;
import dev.tally.bench.report.Rounds;
import dev.tally.bench.report.Series;
import dev.tally.bench.system.Run;
import dev.tally.bench.system.StubServer;
import dev.tally.testkit.Service;
import dev.tally.testkit.Services;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;

/** Compares memory and start-up of the services with a service that does nothing. */
final class Footprint {

  private static final int SMALL_HEAP = 112;

  private Footprint() {}

  /** Start-ups of a service, and its memory after each. */
  private record StartUps(String name, Series times, Series memory) {

    static StartUps in(Rounds rounds, String name, Supplier<Service> start) {
      AtomicLong bytes = new AtomicLong();
      DoubleSupplier seconds =
          () -> {
            try (Service started = start.get()) {
              bytes.set(started.residentBytes());
              return started.startUp().toMillis() / 1e3;
            }
          };
      return new StartUps(
          name, rounds.add(name, "s", seconds), rounds.add(name, "MB", () -> bytes.get() / 1e6));
    }
  }

  /** Starts all services one after the other, and measures how long it takes. */
  static void startUp(Run run) {
    Services services = run.services();
    Rounds rounds = new Rounds();
    StartUps nothing =
        StartUps.in(rounds, "a service that does nothing", () -> StubServer.start(services));
    List<StartUps> all =
        List.of(
            StartUps.in(rounds, "chat-gateway", services::gateway),
            StartUps.in(rounds, "chat-worker", services::worker),
            StartUps.in(rounds, "chat-api", services::api));
    rounds.run(run.scale().fewRounds());
    Goal twice = new Goal.AtMost(2);
    for (StartUps service : all) {
      run.table().add("start-up of " + service.name(), service.times(), nothing.times(), twice);
      String memory = "memory of %s at rest".formatted(service.name());
      run.table().add(memory, service.memory(), nothing.memory(), twice);
    }
  }

  /** Measures a gateway with a small heap. */
  static void smallHeap(Run run, Mix mix) {
    String name = "chat-gateway with a heap of %d MB".formatted(SMALL_HEAP);
    try (Service small = run.services().gateway(SMALL_HEAP);
        Service large = run.services().gateway()) {
      Rounds rounds = new Rounds();
      String usual = "with %d MB".formatted(Services.HEAP);
      Series slow = rounds.add(name, "msg/s", run.writes(small, mix.posts())::measure);
      Series fast = rounds.add(usual, "msg/s", run.writes(large, mix.posts())::measure);
      rounds.run(run.scale().fewRounds());
      Series used = Series.of(name, "MB", small.residentBytes() / 1e6);
      Series most = Series.of("300 MB", "MB", 300);
      run.table().add("memory under load of " + name, used, most, new Goal.AtMost(1));
      run.table().add("accept by " + name, slow, fast);
    }
    run.queues().clear();
  }
}
