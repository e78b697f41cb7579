package dev.tally.system.operations;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tally.system.RunningTally;
import dev.tally.system.TallyClient;
import dev.tally.worker.ChatWorker;
import dev.tally.worker.verify.Report;
import dev.tally.worker.verify.Verification;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;

/** While gateways accept and workers drain, {@code verify} finds nothing wrong. */
class VerifyUnderLoadIT {

  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final int CLIENTS = 4;

  @Test
  void nothingIsNamedWhileWritesGoOn() throws Exception {
    RunningTally running = RunningTally.shared();
    TallyClient tally = TallyClient.of(running);
    List<String> apps = IntStream.range(0, CLIENTS).mapToObj(_ -> tally.newApp()).toList();
    AtomicBoolean over = new AtomicBoolean();
    List<String> findings = new ArrayList<>();
    long queued = 0;
    try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor();
        ConfigurableApplicationContext command =
            ChatWorker.forCommand(running.servers().arguments().toArray(String[]::new))) {
      List<Future<Long>> writes =
          apps.stream().map(app -> clients.submit(() -> write(tally, app, over))).toList();
      long end = System.nanoTime() + PATIENCE.toNanos();
      for (int checks = 0; checks < 6 || (queued == 0 && System.nanoTime() < end); checks++) {
        Report report = command.getBean(Verification.class).run(false, _ -> {});
        queued += report.queued();
        findings.addAll(report.findings());
      }
      over.set(true);
      for (Future<Long> ofClient : writes) {
        assertThat(ofClient.get()).as("writes").isPositive();
      }
    }
    assertThat(queued).as("jobs that were on their way").isPositive();
    assertThat(findings).filteredOn(finding -> apps.stream().anyMatch(finding::contains)).isEmpty();
  }

  /** Writes chats and messages, and returns how many. */
  private static long write(TallyClient tally, String app, AtomicBoolean over) {
    long written = 0;
    while (!over.get()) {
      long chat = tally.newChat(app);
      for (int i = 0; i < 20 && !over.get(); i++) {
        tally.say(app, chat, "message " + i);
        written++;
      }
      written++;
    }
    return written;
  }
}
