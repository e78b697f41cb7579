package dev.tally.system.faults;

import dev.tally.stack.Server;
import dev.tally.stack.ServerKind;
import dev.tally.system.faults.deployment.DataCopy;
import dev.tally.system.faults.deployment.Deployment;
import dev.tally.system.faults.deployment.LinkedService;
import dev.tally.system.faults.deployment.Proxy;
import dev.tally.system.faults.servers.Marks;
import dev.tally.system.faults.workload.Parent;
import dev.tally.system.faults.workload.Probe;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * The faults in which servers go back in time, and what may be lost by each: docs/faults.md
 * describes both.
 */
final class SetBackFaults {

  /** What a worker knows to be committed, it acknowledges within this time. */
  private static final Duration ACKNOWLEDGING = Duration.ofMillis(700);

  /** A partition stands still for 30 seconds if its Redis is set back to before another check. */
  private static final Duration DRAIN_PATIENCE = Duration.ofSeconds(60);

  private final Deployment deployment;
  private final Probe probe;
  private final Random random;
  private final Marks marks;
  private final SetBacks setBacks;
  private final List<Probe.Tenant> lostTenants = new ArrayList<>();

  SetBackFaults(Deployment deployment, Probe probe, Random random, SetBacks setBacks) {
    this.deployment = deployment;
    this.probe = probe;
    this.random = random;
    this.setBacks = setBacks;
    this.marks = new Marks(deployment);
  }

  List<Fault> kinds() {
    return List.of(
        Fault.of("Redis set back", 200, 2_000, this::redis),
        Fault.of("Redis set back, all persisted", 200, 2_000, this::drainedRedis),
        Fault.of("gateways and Redis killed, Redis set back", 200, 2_000, this::redisAndGateways),
        Fault.of("MySQL set back", 200, 2_000, this::mySql),
        Fault.of("Redis and MySQL set back", 200, 2_000, this::both),
        Fault.of("Redis emptied beside an open commit", 500, 2_000, this::emptied));
  }

  /**
   * After a MySQL has lost an app, a new app may get its id.
   *
   * @throws AssertionError if a search in a new app finds what was written to a lost one
   */
  void checkIsolation() throws InterruptedException {
    if (!lostTenants.isEmpty()) {
      Probe.Tenant newcomer = probe.newTenant();
      for (Probe.Tenant lost : lostTenants) {
        probe.requireHidden(newcomer, lost);
      }
      lostTenants.clear();
    }
  }

  private String redis() throws InterruptedException {
    Map<Parent, Long> kept = marks.givenOut();
    DataCopy copy = DataCopy.of(server(ServerKind.REDIS));
    goOn();
    boolean tail = random.nextBoolean();
    if (tail) {
      deployment.links(LinkedService.Kind.WORKER, ServerKind.MARIADB).forEach(Proxy::cut);
      Thread.sleep(random.nextInt(200, 800));
    }
    server(ServerKind.REDIS).kill();
    redisIsBack(copy, kept, true);
    return tail ? "kill -9, with a tail that no worker persists" : "kill -9";
  }

  private String drainedRedis() throws InterruptedException {
    Map<Parent, Long> kept = marks.givenOut();
    DataCopy copy = DataCopy.of(server(ServerKind.REDIS));
    goOn();
    deployment.links(LinkedService.Kind.GATEWAY, ServerKind.REDIS).forEach(Proxy::cut);
    long deadline = System.nanoTime() + DRAIN_PATIENCE.toNanos();
    while (!marks.lowestQueued().isEmpty()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("the queues are not drained within " + DRAIN_PATIENCE);
      }
      Thread.sleep(50);
    }
    server(ServerKind.REDIS).kill();
    redisIsBack(copy, kept, true);
    return "kill -9 when all was persisted";
  }

  private String redisAndGateways() throws InterruptedException {
    Map<Parent, Long> kept = marks.givenOut();
    DataCopy copy = DataCopy.of(server(ServerKind.REDIS));
    goOn();
    deployment.services(LinkedService.Kind.GATEWAY).forEach(LinkedService::kill);
    server(ServerKind.REDIS).kill();
    redisIsBack(copy, kept, false);
    return "kill -9 of all gateways and of Redis";
  }

  private void redisIsBack(DataCopy copy, Map<Parent, Long> kept, boolean isSeen) {
    long gone = System.nanoTime();
    Marks.Rows persisted = marks.persisted();
    copy.putBack();
    setBacks.addRedis(isSeen, gone, gone, persisted, kept);
  }

  private String mySql() throws InterruptedException {
    Marks.Rows before = marks.persisted();
    DataCopy copy = DataCopy.of(server(ServerKind.MARIADB));
    lostTenants.add(probe.newTenant());
    goOn();
    server(ServerKind.MARIADB).kill();
    long gone = System.nanoTime();
    Thread.sleep(ACKNOWLEDGING);
    Map<Parent, Long> reach = new HashMap<>();
    marks.lowestQueued().forEach((parent, number) -> reach.put(parent, number - 1));
    copy.putBack();
    setBacks.add(false, true, true, gone, gone, before, before.highest(), reach);
    return "kill -9";
  }

  private String both() throws InterruptedException {
    boolean redisFirst = random.nextBoolean();
    Map<Parent, Long> kept = Map.of();
    DataCopy ofRedis = null;
    if (redisFirst) {
      kept = marks.givenOut();
      ofRedis = DataCopy.of(server(ServerKind.REDIS));
      Thread.sleep(random.nextInt(1_000));
    }
    Marks.Rows before = marks.persisted();
    DataCopy ofMySql = DataCopy.of(server(ServerKind.MARIADB));
    lostTenants.add(probe.newTenant());
    if (ofRedis == null) {
      ofRedis = DataCopy.of(server(ServerKind.REDIS));
    }
    goOn();
    server(ServerKind.REDIS).kill();
    server(ServerKind.MARIADB).kill();
    long gone = System.nanoTime();
    ofRedis.putBack();
    ofMySql.putBack();
    Map<Parent, Long> keptByOne = SetBacks.higher(kept, before.highest());
    setBacks.add(true, true, true, gone, gone, before, keptByOne, Map.of());
    return "kill -9 of both, the copy of %s is older".formatted(redisFirst ? "Redis" : "MySQL");
  }

  /** Lengthens transactions, so that some wait for the end of their commit. */
  private String emptied() throws InterruptedException {
    Duration delay = Duration.ofMillis(random.nextInt(50, 200));
    deployment
        .links(LinkedService.Kind.WORKER, ServerKind.MARIADB)
        .forEach(link -> link.delay(delay, delay));
    goOn();
    long begun = System.nanoTime();
    marks.flushRedis();
    long gone = System.nanoTime();
    Marks.Rows persisted = marks.persisted();
    setBacks.addRedis(true, begun, gone, persisted, Map.of());
    return "FLUSHALL, commits take %d ms each way".formatted(delay.toMillis());
  }

  private void goOn() throws InterruptedException {
    Thread.sleep(random.nextInt(500, 2_500));
  }

  private Server server(ServerKind kind) {
    return deployment.server(kind);
  }
}
