package dev.tally.system.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.tally.common.epoch.PartitionRows;
import dev.tally.common.partition.Partitions;
import dev.tally.system.faults.check.Checker;
import dev.tally.system.faults.check.Losses;
import dev.tally.system.faults.check.Violation;
import dev.tally.system.faults.deployment.Deployment;
import dev.tally.system.faults.servers.Raise;
import dev.tally.system.faults.servers.StateReader;
import dev.tally.system.faults.workload.Client;
import dev.tally.system.faults.workload.Probe;
import dev.tally.system.faults.workload.State;
import dev.tally.system.faults.workload.Workload;
import dev.tally.worker.ChatWorker;
import dev.tally.worker.erase.Erasures;
import dev.tally.worker.verify.Report;
import dev.tally.worker.verify.Verification;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Tally keeps its promises while one part after another is killed, frozen or cut off. The system
 * property {@code faults.minutes} sets the length of the run, which is short by default; {@code
 * faults.seed} repeats the faults of an earlier run; {@code faults.kinds} selects the faults whose
 * names match.
 */
@Tag("faults")
class FaultsIT {

  /**
   * The short run, from its beginning to its last fault. The end of the test takes another half
   * minute.
   */
  private static final Duration SHORT = Duration.ofSeconds(125);

  /** The same of the run with failovers. */
  private static final Duration SHORT_FAILOVERS = Duration.ofSeconds(60);

  /** The part of a long run that failovers get. */
  private static final double PART_OF_FAILOVERS = 0.2;

  private static final int CLIENTS = 8;
  private static final Duration PACE = Duration.ofMillis(100);

  private static final int PARTITIONS = 16;

  /** Small, so that clients fill the queue in a moment. */
  private static final String QUEUE_LIMIT = "500";

  /** Short, so that a slow MariaDB lets transactions time out in a short run, too. */
  private static final String TRANSACTION_TIMEOUT = "3s";

  private static final Duration ANSWER_PATIENCE = Duration.ofMinutes(1);
  private static final Duration DRAIN_PATIENCE = Duration.ofMinutes(3);

  private static final Deployment.Options OPTIONS =
      Deployment.Options.of(2, 2, 1)
          .with("TALLY_QUEUE_LIMIT", QUEUE_LIMIT)
          .with("tally.worker.drain.transaction-timeout", TRANSACTION_TIMEOUT);

  @Test
  void tallyKeepsItsPromisesThroughAllFaults() throws Exception {
    keepsItsPromises(OPTIONS, length(SHORT, 1 - PART_OF_FAILOVERS), "faults-report.md");
  }

  /** With a replica of Redis, which Sentinels promote. */
  @Test
  void tallyKeepsItsPromisesThroughFailovers() throws Exception {
    keepsItsPromises(
        OPTIONS.withReplicatedRedis(),
        length(SHORT_FAILOVERS, PART_OF_FAILOVERS),
        "failovers-report.md");
  }

  private static void keepsItsPromises(Deployment.Options options, Duration length, String report)
      throws Exception {
    long begin = System.nanoTime();
    long seed = seed();
    System.out.printf("faults.seed=%d%n", seed);
    try (Deployment deployment = Deployment.start(options)) {
      try {
        run(deployment, seed, begin, length, report);
      } catch (Exception | Error e) {
        System.err.println("logs are kept in " + deployment.keepLogs());
        throw e;
      }
    }
  }

  private static Duration length(Duration otherwise, double part) {
    String minutes = System.getProperty("faults.minutes", "");
    return minutes.isEmpty()
        ? otherwise
        : Duration.ofSeconds(Math.round(part * 60 * Double.parseDouble(minutes)));
  }

  private static long seed() {
    String seed = System.getProperty("faults.seed", "");
    return seed.isEmpty() ? new Random().nextInt(Integer.MAX_VALUE) : Long.parseLong(seed);
  }

  private static void run(
      Deployment deployment, long seed, long begin, Duration length, String reportName)
      throws Exception {
    Client.Surroundings surroundings = Client.Surroundings.of(deployment);
    Probe probe = new Probe(surroundings);
    Workload workload = new Workload(surroundings, seed);
    Nemesis nemesis =
        new Nemesis(
            deployment,
            workload,
            probe,
            seed,
            Pattern.compile(System.getProperty("faults.kinds", ".*")));
    assumeThat(nemesis.kindCount()).as("kinds of faults that are selected").isPositive();
    List<String> wrong = new ArrayList<>();
    workload.start(CLIENTS, PACE);
    try {
      nemesis.run(begin + length.toNanos());
    } finally {
      workload.stop(ANSWER_PATIENCE);
    }
    deployment.heal();
    Report verified = drained(deployment);
    wrong.addAll(verified.findings());
    State state = new StateReader(deployment).read();
    Losses losses = nemesis.losses();
    List<Violation> violations = Checker.check(surroundings.history(), state, losses);

    List<Raise> raises =
        deployment.services().stream()
            .flatMap(service -> Raise.in(service.log()).stream())
            .toList();
    String report =
        new FaultsReport(
                seed,
                Duration.ofNanos(System.nanoTime() - begin),
                surroundings,
                nemesis.struck(),
                nemesis.kindCount(),
                state,
                violations,
                losses.count(),
                raises.size(),
                verified)
            .markdown();
    Files.writeString(reportFile(reportName), report);
    System.out.println(report);

    violations.forEach(violation -> wrong.add(violation.sentence()));
    wrong.addAll(losses.unnamed(raises, new Partitions(PARTITIONS)));
    surroundings.surprises().forEach(surprise -> wrong.add(surprise.toString()));
    assertThat(wrong).isEmpty();
    assertThat(verified.searchFault()).as("the index was not checked").isNull();
    assertThat(verified.queued()).as("jobs never persisted").isZero();
    assertThat(verified.pending()).as("messages never indexed").isZero();
    // The checker knows which ones name a loss of a server.
    assertThat(verified.deadLetters()).as("dead letters").isEqualTo(state.deadLetters().size());
  }

  private static Path reportFile(String name) throws IOException {
    return Files.createDirectories(Path.of("target")).resolve(name);
  }

  /**
   * Runs the checks of the {@code verify} command until nothing waits in a queue or the outbox, no
   * search index is due and the index could be read, and nothing is left to be erased, or the time
   * is up.
   */
  private static Report drained(Deployment deployment) throws InterruptedException {
    long deadline = System.nanoTime() + DRAIN_PATIENCE.toNanos();
    try (ConfigurableApplicationContext command =
        ChatWorker.forCommand(deployment.directArguments().toArray(String[]::new))) {
      Verification verification = command.getBean(Verification.class);
      PartitionRows partitions = new PartitionRows(command.getBean(JdbcClient.class));
      Erasures erasures = command.getBean(Erasures.class);
      while (true) {
        boolean wasDue = !partitions.indexDue().isEmpty();
        Report report = verification.run(true, _ -> {});
        boolean isDrained = report.queued() == 0 && report.pending() == 0;
        boolean isIndexed =
            report.searchFault() == null && !wasDue && partitions.indexDue().isEmpty();
        // The histories of messages that were changed again and again, and then deleted.
        boolean isErased = erasures.size() == 0;
        if ((isDrained && isIndexed && isErased) || System.nanoTime() > deadline) {
          return report;
        }
        Thread.sleep(500);
      }
    }
  }
}
