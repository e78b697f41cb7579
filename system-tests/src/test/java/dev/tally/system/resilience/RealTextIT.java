package dev.tally.system.resilience;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tally.local.replay.TextReplay;
import dev.tally.system.RunningTally;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * The main job on real text: a client reads and finds every accepted message unchanged, and {@code
 * verify} reports no problem.
 */
class RealTextIT {

  private static final Path DOCUMENTS = Path.of("/usr/share/doc");

  @Test
  void realTextArrivesUnchanged() throws Exception {
    assumeTrue(Files.isDirectory(DOCUMENTS), "no text on this machine");
    RunningTally running = RunningTally.shared();
    TextReplay replay = new TextReplay(running.api(), running.gateway(), 32, System.out::println);

    List<String> wrong = replay.run(TextReplay.conversations(DOCUMENTS, 210, 50));

    assertThat(wrong).isEmpty();
    RunningTally.CommandResult verified = running.command("verify");
    assertThat(verified.exitCode()).as(verified.output()).isZero();
    assertThat(verified.output()).contains("all is right");
  }
}
