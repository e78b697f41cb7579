package dev.tally.system.faults;

import dev.tally.stack.ServerKind;
import dev.tally.system.faults.check.Losses;
import dev.tally.system.faults.deployment.Deployment;
import dev.tally.system.faults.deployment.LinkedService;
import dev.tally.system.faults.deployment.Proxy;
import dev.tally.system.faults.workload.Probe;
import dev.tally.system.faults.workload.Workload;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/**
 * Breaks one part after another at random moments, heals it, and measures how long it takes until
 * everything works again. The seed determines the faults, but not which requests they interrupt.
 *
 * <p>Every kind of fault occurs once, in random order, before any kind occurs again. Where Redis is
 * replicated, the faults are those of its primary.
 */
final class Nemesis {

  private static final Duration RECOVERY_PATIENCE = Duration.ofMinutes(3);

  /** The time that MariaDB takes to insert a row while inserts are slow: 50 rows a second. */
  private static final Duration EACH_ROW = Duration.ofMillis(20);

  private final Deployment deployment;
  private final Workload workload;
  private final Probe probe;
  private final Random random;
  private final SetBacks setBacks = new SetBacks();
  private final SetBackFaults setBackFaults;
  private final long begin = System.nanoTime();
  private final List<Fault> chosen;
  private final List<Fault> bag = new ArrayList<>();
  private final List<Struck> struck = new ArrayList<>();

  /**
   * A fault that was healed, and the times from the beginning of the healing.
   *
   * @param started until all services were ready: those that were killed have started again
   * @param recovery until each check worked
   */
  record Struck(String kind, Duration started, Probe.Recovery recovery) {

    /** What it took to persist messages beyond the start of processes. */
    Duration beyondStart() {
      Duration beyond = recovery.readable().minus(started);
      return beyond.isNegative() ? Duration.ZERO : beyond;
    }
  }

  /**
   * @param kinds a pattern for the whole names of faults
   */
  Nemesis(Deployment deployment, Workload workload, Probe probe, long seed, Pattern kinds) {
    this.deployment = deployment;
    this.workload = workload;
    this.probe = probe;
    this.random = new Random(seed);
    this.setBackFaults = new SetBackFaults(deployment, probe, random, setBacks);
    List<Fault> all =
        deployment.replicatesRedis()
            ? new FailoverFaults(deployment, random, setBacks).kinds()
            : kinds();
    this.chosen = all.stream().filter(fault -> kinds.matcher(fault.kind()).matches()).toList();
  }

  /** The number of kinds of faults to choose from. */
  int kindCount() {
    return chosen.size();
  }

  /** The faults so far, all healed. */
  List<Struck> struck() {
    return List.copyOf(struck);
  }

  /** What servers have lost by these faults. */
  Losses losses() {
    return setBacks.losses();
  }

  /**
   * Breaks and heals one part after another until the time is up.
   *
   * @param deadline by {@link System#nanoTime}
   * @throws AssertionError if something does not work again three minutes after the healing began
   */
  void run(long deadline) throws InterruptedException {
    while (System.nanoTime() < deadline) {
      if (bag.isEmpty()) {
        bag.addAll(chosen);
        Collections.shuffle(bag, random);
      }
      strike(bag.removeLast());
      Thread.sleep(random.nextInt(500, 1_500));
    }
  }

  private void strike(Fault fault) throws InterruptedException {
    Duration length =
        Duration.ofMillis(
            random.nextLong(fault.shortest().toMillis(), fault.longest().toMillis() + 1));
    String what = fault.strike().now();
    say("%s: %s, for %d ms".formatted(fault.kind(), what, length.toMillis()));
    Thread.sleep(length);
    long healing = System.nanoTime();
    // Heals and probes at the same time: writes need not wait until a slow server has started.
    FutureTask<Duration> restoring =
        new FutureTask<>(
            () -> {
              deployment.restore();
              deployment.awaitReady();
              return Duration.ofNanos(System.nanoTime() - healing);
            });
    Thread.ofVirtual().name("restore").start(restoring);
    try {
      Probe.Recovery recovery = probe.await(healing, RECOVERY_PATIENCE);
      Duration started = restoring.get();
      setBackFaults.checkIsolation();
      struck.add(new Struck(fault.kind(), started, recovery));
      say(
          "  healed: started after %d ms, accepts after %d ms, readable after %d ms, searchable after %d ms"
              .formatted(
                  started.toMillis(),
                  recovery.accepted().toMillis(),
                  recovery.readable().toMillis(),
                  recovery.searchable().toMillis()));
    } catch (TimeoutException e) {
      throw new AssertionError(
          "%s: does not work again within %s".formatted(fault.kind(), RECOVERY_PATIENCE),
          restoring.state() == Future.State.FAILED ? restoring.exceptionNow() : e);
    } catch (ExecutionException e) {
      throw new AssertionError(fault.kind() + ": could not be healed", e.getCause());
    }
  }

  private void say(String line) {
    System.out.printf(
        Locale.ROOT, "nemesis %6.1f s  %s%n", (System.nanoTime() - begin) / 1e9, line);
  }

  private List<Fault> kinds() {
    List<Fault> kinds = new ArrayList<>();
    kinds.add(Fault.of("nothing, for comparison", 500, 1_000, () -> "nothing"));
    for (LinkedService.Kind kind : LinkedService.Kind.values()) {
      kinds.add(Fault.of(kind.title() + " killed", 200, 2_000, () -> kill(any(kind))));
    }
    for (ServerKind kind : ServerKind.values()) {
      kinds.add(
          Fault.of(
              kind.title() + " killed",
              200,
              2_000,
              () -> {
                deployment.server(kind).kill();
                return "kill -9";
              }));
    }
    kinds.add(
        Fault.of(
            "gateway and worker killed at once",
            200,
            3_000,
            () ->
                kill(any(LinkedService.Kind.GATEWAY))
                    + " and "
                    + kill(any(LinkedService.Kind.WORKER))));
    // Each lasts longer than a lease, and longer than services wait for an answer from Redis.
    kinds.add(Fault.of("worker frozen", 3_000, 5_000, this::freezeWorker));
    for (ServerKind kind : List.of(ServerKind.REDIS, ServerKind.MARIADB)) {
      kinds.add(
          Fault.of(
              kind.title() + " frozen",
              2_500,
              5_000,
              () -> {
                deployment.server(kind).freeze();
                return "SIGSTOP";
              }));
    }
    for (LinkedService.Kind service : LinkedService.Kind.values()) {
      for (ServerKind server : service.uses()) {
        String link = service.title() + "-" + server.title();
        kinds.add(
            Fault.of(link + " cut", 500, 4_000, () -> each(service, server, "cut", Proxy::cut)));
        kinds.add(
            Fault.of(
                link + " stalled",
                2_500,
                5_000,
                () -> each(service, server, "stall", Proxy::stall)));
        kinds.add(
            Fault.of(
                link + " answers lost",
                500,
                4_000,
                () -> each(service, server, "lose answers to", Proxy::loseAnswers)));
      }
    }
    kinds.add(Fault.of("slow database", 3_000, 6_000, this::slowDatabase));
    kinds.add(Fault.of("slow inserts", 4_000, 8_000, this::slowInserts));
    kinds.add(Fault.of("full queue", 0, 500, this::fullQueue));
    kinds.add(Fault.of("flooding neighbour", 0, 500, this::flood));
    kinds.add(Fault.of("Redis' memory full", 1_000, 3_000, this::fullMemory));
    kinds.addAll(setBackFaults.kinds());
    return kinds;
  }

  private LinkedService any(LinkedService.Kind kind) {
    List<LinkedService> services = deployment.services(kind);
    return services.get(random.nextInt(services.size()));
  }

  private String kill(LinkedService service) throws InterruptedException {
    if (service.kind() == LinkedService.Kind.WORKER) {
      lengthenTransactions(service);
    }
    service.kill();
    return "kill -9 " + service;
  }

  private String freezeWorker() throws InterruptedException {
    LinkedService worker = any(LinkedService.Kind.WORKER);
    lengthenTransactions(worker);
    worker.freeze();
    return "SIGSTOP " + worker;
  }

  /** Makes it likely that the next fault hits a worker in the middle of a transaction. */
  private void lengthenTransactions(LinkedService worker) throws InterruptedException {
    Duration delay = Duration.ofMillis(random.nextInt(60));
    worker.link(ServerKind.MARIADB).delay(delay, delay);
    Thread.sleep(random.nextInt(200, 800));
  }

  private String each(
      LinkedService.Kind kind, ServerKind server, String what, Consumer<Proxy> action) {
    List<LinkedService> services =
        random.nextBoolean() ? deployment.services(kind) : List.of(any(kind));
    services.forEach(service -> action.accept(service.link(server)));
    return what + " " + services;
  }

  private String slowDatabase() {
    Duration delay = Duration.ofMillis(random.nextInt(10, 150));
    for (LinkedService service : deployment.services()) {
      service.link(ServerKind.MARIADB).delay(delay, delay);
    }
    return delay.toMillis() + " ms each way";
  }

  /** Fills a queue that takes MariaDB longer than a transaction may last. */
  private String slowInserts() {
    String filled = fullQueue();
    deployment.slowDownInserts(EACH_ROW);
    deployment.links(LinkedService.Kind.WORKER, ServerKind.MARIADB).forEach(Proxy::pass);
    return filled + ", " + EACH_ROW.toMillis() + " ms each row";
  }

  /** Full for longer than a lease, and a worker must take its leases in the full Redis. */
  private String fullMemory() throws InterruptedException {
    deployment.fillRedisMemory();
    LinkedService worker = any(LinkedService.Kind.WORKER);
    String killed = kill(worker);
    worker.start();
    return "maxmemory 1, " + killed + " and start";
  }

  private String flood() {
    Duration time = Duration.ofMillis(random.nextInt(1_000, 3_000));
    return "%,d messages in %d ms".formatted(workload.flood(time), time.toMillis());
  }

  private String fullQueue() {
    deployment.links(LinkedService.Kind.WORKER, ServerKind.MARIADB).forEach(Proxy::cut);
    return workload.fill(Duration.ofSeconds(15)) ? "filled" : "not filled";
  }
}
