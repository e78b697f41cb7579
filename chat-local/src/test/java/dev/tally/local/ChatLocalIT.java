package dev.tally.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tally.testkit.http.Http;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests the output of the launcher, from its first line to its last. */
class ChatLocalIT {

  @TempDir Path data;

  private final List<Process> started = new ArrayList<>();

  @AfterEach
  void endAll() throws InterruptedException {
    for (Process process : started) {
      process.destroyForcibly();
      assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
    }
  }

  @Test
  void printsProgressAndThenWhatToTry() throws Exception {
    Process process = start(Map.of());
    List<String> lines = new ArrayList<>();
    BufferedReader output = process.inputReader(StandardCharsets.UTF_8);
    for (String line = output.readLine(); line != null; line = output.readLine()) {
      lines.add(line);
      if (line.contains("Ctrl-C stops everything")) {
        break;
      }
    }
    String printed = String.join("\n", lines);

    assertThat(printed).contains("for the first time");
    for (String part :
        List.of("MariaDB", "Redis", "Elasticsearch", "chat-worker", "chat-api", "chat-gateway")) {
      assertThat(lines).as(printed).anyMatch(line -> line.matches("  " + part + " +[0-9.]+ s"));
    }
    // There are no log lines and no control characters, and the text fits on a page.
    assertThat(printed).doesNotContain("\u001b", "\r", "INFO", "WARN");
    assertThat(lines).hasSizeLessThan(35);
    String folder = data.toAbsolutePath().normalize().toString();
    assertThat(printed).contains("logs           " + folder + "/logs");
    assertThat(data.resolve("logs/mariadb.log")).content().contains("ready for connections");
    assertThat(data.resolve("logs/services.log")).exists();

    String answers = runTheLinesToTry(lines);
    assertThat(answers)
        .contains("{\"chat_number\":1}", "{\"message_number\":1}", "\"body\":\"Hello\"");
    String docs =
        lines.stream()
            .filter(line -> line.contains("/docs"))
            .map(line -> line.strip().split(" +", -1)[2])
            .collect(Collectors.joining());
    assertThat(Http.get(docs).is(200).response().body()).contains("swagger-ui");

    Process second = start(Map.of());
    String refusal = new String(second.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(second.waitFor()).isEqualTo(1);
    assertThat(refusal)
        .contains("Tally could not be started: the data folder")
        .contains("of process " + process.pid())
        .doesNotContain("Exception", "\tat ");

    // Process.destroy would also close the output that is read here.
    process.toHandle().destroy();
    String end = output.lines().collect(Collectors.joining("\n"));
    assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
    assertThat(end.strip()).isEqualTo("Stopping…\nTally has stopped.");
  }

  @Test
  void aServiceThatDoesNotStartIsReportedInOneLine() throws Exception {
    Process process = start(Map.of("TALLY_ADMIN_KEY", "short"));
    String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(process.waitFor()).isEqualTo(1);
    assertThat(printed)
        .containsPattern("(?m)^Tally could not be started: TALLY_ADMIN_KEY must be at least 16")
        .contains("logs/services.log")
        .doesNotContain("\tat ");
  }

  private static String runTheLinesToTry(List<String> lines) throws Exception {
    String script =
        lines.stream()
            .filter(line -> line.contains("curl"))
            .collect(Collectors.joining("\n", "set -e\n", "\n"));
    Process shell = new ProcessBuilder("sh", "-c", script).redirectErrorStream(true).start();
    String answers = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(shell.waitFor()).as(script + answers).isZero();
    return answers;
  }

  private Process start(Map<String, String> more) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                ChatLocal.class.getName())
            .redirectErrorStream(true);
    builder.environment().keySet().removeIf(name -> name.startsWith("TALLY_"));
    builder.environment().put("TALLY_LOCAL_DATA", data.toString());
    for (String service : List.of("API", "GATEWAY", "WORKER")) {
      builder.environment().put("TALLY_" + service + "_PORT", "0");
    }
    builder.environment().putAll(more);
    Process process = builder.start();
    started.add(process);
    return process;
  }
}
