package dev.tally.system.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tally.common.partition.PartitionKeys;
import dev.tally.stack.ServerKind;
import dev.tally.system.faults.deployment.LinkedService;
import dev.tally.system.faults.workload.History;
import dev.tally.system.faults.workload.Outcome;
import dev.tally.system.faults.workload.Parent;
import dev.tally.system.faults.workload.Request;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Operators end services by SIGTERM while clients use them. */
@Tag("faults")
@ExtendWith(Scenario.KeepLogs.class)
class RollingRestartIT {

  /** A connection that was refused, or closed before an answer. A timeout does not belong here. */
  private static final Set<String> NO_CONNECTION =
      Set.of(
          "ConnectException",
          "IOException",
          "SocketException",
          "EOFException",
          "ClosedChannelException");

  private static final Duration SLOW = Duration.ofMillis(100);

  @Test
  void noWriteIsLostWhileServicesRestartOneAfterTheOther() {
    Scenario scenario = Scenario.begin();
    List<Parent.Chat> chats = scenario.newChats(4);
    try (Scenario.Load _ = load(scenario, chats)) {
      for (LinkedService service : scenario.deployment().services()) {
        service.terminate();
        service.start();
        service.awaitReady();
      }
    }

    assertThat(scenario.history().entries())
        .hasSizeGreaterThan(100)
        .extracting(History.Entry::outcome)
        .allSatisfy(
            outcome -> {
              if (outcome instanceof Outcome.Unknown(String reason)
                  && !reason.equals("503 unavailable")) {
                assertThat(reason).isIn(NO_CONNECTION);
              }
            });
    scenario.assertPromisesKept();
  }

  @Test
  void workersFinishWhatTheyHaveClaimed() {
    Scenario scenario = Scenario.begin();
    List<Parent.Chat> chats = scenario.newChats(4);
    List<LinkedService> workers = scenario.deployment().services(LinkedService.Kind.WORKER);
    try (Scenario.Load _ = load(scenario, chats)) {
      await().atMost(Duration.ofMinutes(1)).until(() -> scenario.highest(chats.getFirst()) > 10);
      // The slow link makes it likely that SIGTERM arrives in the middle of a batch.
      workers.forEach(worker -> worker.link(ServerKind.MARIADB).delay(SLOW, SLOW));
      await().atMost(Duration.ofMinutes(1)).until(() -> claimed(scenario) > 0);
      try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
        workers.forEach(worker -> threads.execute(worker::terminate));
      }

      assertThat(claimed(scenario)).as("jobs claimed and not acknowledged").isZero();
      assertThat(owners(scenario)).as("leases not released").isZero();
      assertThat(scenario.<Long>inRedis(redis -> redis.zcard(PartitionKeys.WORKERS)))
          .as("workers in the roll")
          .isZero();
      await().atMost(Duration.ofMinutes(1)).until(() -> scenario.queued() > 0);
      workers.forEach(worker -> worker.link(ServerKind.MARIADB).pass());
      workers.forEach(LinkedService::start);
    }
    scenario.deployment().awaitReady();
    scenario.assertPromisesKept();
  }

  /** Clients that send all kinds of writes, and reads. */
  private static Scenario.Load load(Scenario scenario, List<Parent.Chat> chats) {
    return scenario.load(
        6,
        Duration.ofMillis(20),
        client ->
            turn -> {
              Parent.Chat chat = chats.get(turn % chats.size());
              client.ask(
                  switch (turn % 5) {
                    case 0 -> new Request.ReadChat(chat.app(), chat.number());
                    case 1 -> new Request.ReadMessages(chat.app(), chat.number(), 0, 100);
                    case 2 ->
                        new Request.NewMessages(
                            chat.app(),
                            chat.number(),
                            List.of(scenario.newBody(), scenario.newBody()),
                            null);
                    default ->
                        new Request.NewMessages(
                            chat.app(), chat.number(), List.of(scenario.newBody()), null);
                  });
            });
  }

  private static long claimed(Scenario scenario) {
    return scenario.inRedis(
        redis ->
            IntStream.range(0, 16)
                .mapToLong(partition -> redis.llen(new PartitionKeys(partition).claimed()))
                .sum());
  }

  private static long owners(Scenario scenario) {
    return scenario.inRedis(
        redis ->
            redis.exists(
                IntStream.range(0, 16)
                    .mapToObj(partition -> new PartitionKeys(partition).owner())
                    .toArray(String[]::new)));
  }
}
