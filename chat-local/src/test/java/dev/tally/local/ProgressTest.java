package dev.tally.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ProgressTest {

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
  private long now;

  @Test
  void aFileGetsPlainLines() {
    Progress progress = new Progress(out, false, () -> now);
    play(progress);

    assertThat(printed())
        .isEqualTo(
            """
            Tally is starting.
              Redis           0.2 s
              MariaDB         1.3 s
            ready
            """);
    assertThat(progress.elapsed()).isEqualTo("1.3 s");
  }

  @Test
  void aTerminalShowsThePartsThatAreStarting() {
    play(new Progress(out, true, () -> now));

    assertThat(printed())
        .contains("  … MariaDB, Redis")
        .contains("  Redis           0.2 s\n  … MariaDB")
        .endsWith("\r\u001b[Kready\n");
    // Erased lines are not visible in the end.
    assertThat(printed().replaceAll("[^\n]*\u001b\\[K", ""))
        .isEqualTo(
            """
            Tally is starting.
              Redis           0.2 s
              MariaDB         1.3 s
            ready
            """);
  }

  private void play(Progress progress) {
    progress.say("Tally is starting.");
    progress.starting("MariaDB");
    progress.starting("Redis");
    now = Duration.ofMillis(200).toNanos();
    progress.up("Redis");
    now = Duration.ofMillis(1300).toNanos();
    progress.up("MariaDB");
    progress.end();
    progress.say("ready");
  }

  private String printed() {
    return bytes.toString(StandardCharsets.UTF_8);
  }
}
