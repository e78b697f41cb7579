package dev.tally.system.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tally.stack.Server;
import dev.tally.stack.ServerKind;
import dev.tally.system.faults.deployment.DataCopy;
import dev.tally.system.faults.deployment.Deployment;
import dev.tally.testkit.Service;
import dev.tally.testkit.http.Http;
import dev.tally.worker.ChatWorker;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** The runbook "Restore" of docs/operating.md, step by step. */
@Tag("faults")
class RestoreIT {

  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private Deployment deployment;
  private String messages = "";

  @BeforeEach
  void start() {
    deployment = Deployment.start(Deployment.Options.of(1, 1, 1));
  }

  @AfterEach
  void stop() {
    deployment.close();
  }

  @Test
  void afterTheRunbookTheServersAgreeAndALostRequestMayBeRepeated() throws Exception {
    String app =
        Http.postJson(deployment.api(0).url() + "/apps", "{\"name\":\"Acme\"}").text("token");
    messages = "/apps/" + app + "/chats/1/messages";
    Http.post(deployment.gateway(0).url() + "/apps/" + app + "/chats").is(201);
    assertThat(say("first", "the-first")).isEqualTo(1);
    await().atMost(PATIENCE).until(() -> found("first") == 1);
    DataCopy backup = DataCopy.of(deployment.server(ServerKind.MARIADB));
    assertThat(say("second", "the-second")).isEqualTo(2);
    await().atMost(PATIENCE).until(() -> found("second") == 1);
    Output refused = command("restore");
    assertThat(refused.exitCode()).as(refused.text()).isEqualTo(2);
    assertThat(refused.text()).contains("1 workers run");

    // Step 1: stop.
    deployment.gateway(0).close();
    deployment.worker(0).close();
    // Step 2: restore the server.
    Server mysql = deployment.server(ServerKind.MARIADB);
    mysql.kill();
    backup.putBack();
    mysql.start();
    // Step 3.
    Output restored = restore();
    assertThat(restored.exitCode()).as(restored.text()).isZero();
    assertThat(restored.text())
        .contains("MySQL has lost 0 chats, 1 messages and 0 changes")
        .contains("1 lost requests may be repeated")
        .contains("indexed 1 messages");
    // Step 4.
    assertThat(command("verify").text()).contains("all is right");
    // Step 5: start.
    deployment.heal();

    List<JsonNode> listed =
        Http.get(deployment.api(0).url() + messages).is(200).json().valueStream().toList();
    assertThat(listed)
        .extracting(message -> message.path("body").asString())
        .containsExactly("first", "");
    assertThat(listed.getLast().path("lost_at").asString()).isNotEmpty();
    assertThat(Http.get(deployment.api(0).url() + messages + "/2").status()).isEqualTo(410);
    assertThat(found("second")).isZero();
    assertThat(say("first", "the-first")).isEqualTo(1);
    assertThat(say("second", "the-second")).isEqualTo(3);
    await().atMost(PATIENCE).until(() -> found("second") == 1);
    assertThat(command("verify").text()).contains("all is right");
  }

  /** A worker that has just been stopped may be in the roll for a moment. */
  private Output restore() throws Exception {
    Output output = command("restore");
    while (output.text().contains("workers run")) {
      Thread.sleep(Duration.ofSeconds(1));
      output = command("restore");
    }
    return output;
  }

  private long say(String body, String key) {
    return Http.postJson(
            deployment.gateway(0).url() + messages,
            "{\"body\":\"" + body + "\"}",
            "Idempotency-Key",
            key)
        .is(201)
        .number("message_number");
  }

  private int found(String word) {
    String search = messages.replace("/messages", "/search?q=") + word;
    return Http.get(deployment.api(0).url() + search).is(200).json().size();
  }

  private record Output(int exitCode, String text) {}

  private Output command(String name) throws IOException, InterruptedException {
    ProcessBuilder builder =
        new ProcessBuilder(Service.java(List.of(), ChatWorker.class, List.of(name)))
            .redirectErrorStream(true);
    for (String argument : deployment.directArguments()) {
      String[] pair = argument.substring(2).split("=", 2);
      builder.environment().put(pair[0], pair[1]);
    }
    Process process = builder.start();
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Output(process.waitFor(), text);
  }
}
