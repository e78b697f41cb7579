package dev.tally.system.faults;

import dev.tally.stack.Server;
import dev.tally.system.faults.deployment.Deployment;
import dev.tally.system.faults.deployment.LinkedService;
import dev.tally.system.faults.servers.Marks;
import dev.tally.system.faults.workload.Parent;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * The faults in which Sentinels promote Redis' replica, and what may be lost by each:
 * docs/faults.md describes both.
 */
final class FailoverFaults {

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** Long enough for the Sentinels to look for a replica to promote. */
  private static final Duration DOWN = Duration.ofSeconds(3);

  private final Deployment deployment;
  private final Random random;
  private final SetBacks setBacks;
  private final Marks marks;

  FailoverFaults(Deployment deployment, Random random, SetBacks setBacks) {
    this.deployment = deployment;
    this.random = random;
    this.setBacks = setBacks;
    this.marks = new Marks(deployment);
  }

  List<Fault> kinds() {
    return List.of(
        Fault.of("primary killed", 0, 3_000, () -> kill(false, () -> {}, true)),
        Fault.of("primary killed, replica behind", 0, 3_000, () -> kill(true, () -> {}, true)),
        Fault.of("primary and a Sentinel killed", 0, 3_000, this::sentinel),
        Fault.of("gateways and primary killed, replica behind", 0, 3_000, this::gateways),
        Fault.of("primary and replica killed", 0, 1_000, this::both),
        Fault.of("primary frozen", 0, 1_000, this::freeze));
  }

  private String sentinel() throws InterruptedException {
    List<Server> watchers = deployment.replicatedRedis().watchers();
    return kill(false, () -> watchers.get(random.nextInt(watchers.size())).kill(), true);
  }

  private String gateways() throws InterruptedException {
    List<LinkedService> gateways = deployment.services(LinkedService.Kind.GATEWAY);
    return kill(true, () -> gateways.forEach(LinkedService::kill), false);
  }

  /**
   * No replica is left to promote. If both started at once, the Sentinels might promote the replica
   * although the primary is back, and what clients write to it meanwhile would be lost.
   */
  private String both() throws InterruptedException {
    Server primary = primary();
    replica().kill();
    primary.kill();
    Thread.sleep(DOWN);
    primary.start();
    return "kill -9, for %d ms".formatted(DOWN.toMillis());
  }

  /** Returns when the replica is promoted: until then, the killed primary must not come back. */
  private String kill(boolean behind, Runnable before, boolean isSeen) throws InterruptedException {
    Server primary = primary();
    Server replica = replica();
    if (behind) {
      deployment.cutReplica(replica);
    }
    Map<Parent, Long> kept = marks.givenOut(replica);
    if (behind) {
      Thread.sleep(random.nextInt(200, 1_500));
    }
    before.run();
    long begun = System.nanoTime();
    primary.kill();
    long gone = System.nanoTime();
    // Later, what clients write to the new primary would count as kept, too.
    Marks.Rows persisted = marks.persisted();
    setBacks.addRedis(isSeen, begun, gone, persisted, kept);
    awaitPromotion(replica);
    return "kill -9 of port " + primary.port();
  }

  /** What clients write to the frozen primary until it knows of the new one may be lost. */
  private String freeze() throws InterruptedException {
    Server primary = primary();
    Server replica = replica();
    Map<Parent, Long> kept = marks.givenOut(replica);
    long begun = System.nanoTime();
    primary.freeze();
    Marks.Rows persisted = marks.persisted();
    awaitPromotion(replica);
    Duration alone = Duration.ofMillis(random.nextInt(3_000));
    Thread.sleep(alone);
    primary.thaw();
    awaitDemotion(primary);
    setBacks.addRedis(true, begun, System.nanoTime(), persisted, kept);
    return "SIGSTOP of port %d until %d ms after the promotion"
        .formatted(primary.port(), alone.toMillis());
  }

  private void awaitPromotion(Server replica) throws InterruptedException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (primary() != replica) {
      sleepUnless(deadline, "the replica is not promoted");
    }
  }

  private void awaitDemotion(Server primary) throws InterruptedException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!Marks.isReplica(primary)) {
      sleepUnless(deadline, "the former primary is not demoted");
    }
  }

  private static void sleepUnless(long deadline, String otherwise) throws InterruptedException {
    if (System.nanoTime() > deadline) {
      throw new AssertionError(otherwise + " within " + PATIENCE);
    }
    Thread.sleep(50);
  }

  private Server primary() {
    return deployment.replicatedRedis().primary();
  }

  private Server replica() {
    return deployment.replicatedRedis().replicas().getFirst();
  }
}
