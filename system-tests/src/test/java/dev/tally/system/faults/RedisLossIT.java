package dev.tally.system.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tally.stack.Server;
import dev.tally.stack.ServerKind;
import dev.tally.system.faults.check.Checker;
import dev.tally.system.faults.check.Losses;
import dev.tally.system.faults.check.Violation;
import dev.tally.system.faults.deployment.Deployment;
import dev.tally.system.faults.deployment.LinkedService;
import dev.tally.system.faults.deployment.Proxy;
import dev.tally.system.faults.workload.History;
import dev.tally.system.faults.workload.Outcome;
import dev.tally.system.faults.workload.Parent;
import dev.tally.system.faults.workload.Request;
import dev.tally.system.faults.workload.State;
import dev.tally.testkit.http.Http;
import dev.tally.worker.ChatWorker;
import dev.tally.worker.verify.AcceptedCheck;
import dev.tally.worker.verify.AcceptedReport;
import dev.tally.worker.verify.Report;
import dev.tally.worker.verify.Verification;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * Redis loses everything while clients write. Accepted writes that were not persisted are lost, and
 * nothing else: numbering continues after the highest persisted number, and clients that kept their
 * answers can find the lost writes.
 */
@Tag("faults")
@ExtendWith(Scenario.KeepLogs.class)
class RedisLossIT {

  /** A message as a gateway confirmed it to a client. */
  private record Told(Parent.Chat chat, long number, String body) {

    String place() {
      return "%s message %d".formatted(chat, number);
    }

    String line() {
      return "{\"app\":\"%s\",\"chat\":%d,\"message\":%d,\"sha256\":\"%s\"}\n"
          .formatted(chat.app(), chat.number(), number, sha256(body));
    }

    private static String sha256(String body) {
      try {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        return HexFormat.of().formatHex(digest.digest(body.getBytes(StandardCharsets.UTF_8)));
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  @Test
  void numberingContinuesAfterPersistedNumbersAndVerifyNamesLostWrites() throws Exception {
    Scenario scenario = Scenario.begin();
    Deployment deployment = scenario.deployment();
    List<Parent.Chat> chats = scenario.newChats(3);
    Map<Parent.Chat, Long> highest = new HashMap<>();
    long restarted;
    try (Scenario.Load _ =
        scenario.load(
            4,
            Duration.ofMillis(20),
            client ->
                turn -> {
                  Parent.Chat chat = chats.get(turn % chats.size());
                  client.ask(
                      new Request.NewMessages(
                          chat.app(), chat.number(), List.of(scenario.newBody()), null));
                })) {
      chats.forEach(
          chat -> await().atMost(Duration.ofMinutes(1)).until(() -> scenario.highest(chat) > 5));
      deployment.links(LinkedService.Kind.WORKER, ServerKind.MARIADB).forEach(Proxy::cut);
      await().atMost(Duration.ofMinutes(1)).until(() -> scenario.queued() > 30);
      wipe(deployment.server(ServerKind.REDIS));
      restarted = System.nanoTime();
      chats.forEach(chat -> highest.put(chat, scenario.highest(chat)));
      long since = restarted;
      await().atMost(Duration.ofMinutes(1)).until(() -> scenario.acceptedSince(since).size() > 30);
    }
    deployment.heal();
    scenario.awaitDrained();

    State state = scenario.state();
    List<Told> told = told(scenario.acceptedSince(Long.MIN_VALUE));
    List<Told> lost = told.stream().filter(one -> !isThere(one, state)).toList();
    List<Told> afterwards = told(scenario.acceptedSince(restarted));
    assertThat(lost).as("writes accepted and not persisted").isNotEmpty();
    assertThat(afterwards)
        .isNotEmpty()
        .allSatisfy(
            one -> assertThat(one.number()).isGreaterThan(highest.getOrDefault(one.chat(), 0L)))
        .doesNotContainAnyElementsOf(lost);
    assertThat(Checker.check(scenario.history(), state, Losses.NONE))
        .allSatisfy(
            violation ->
                assertThat(violation)
                    .isInstanceOfAny(
                        Violation.Lost.class,
                        Violation.BodyDiffers.class,
                        Violation.GivenTwice.class,
                        // A worker had claimed it, and kept it.
                        Violation.DeadLetter.class,
                        // A lost write had a lower number than the later write that took its place.
                        Violation.Reordered.class));

    assertThat(state.deadLetters()).extracting(State.Dead::reason).allMatch("superseded"::equals);

    assertVerifyNames(deployment, told, lost, state.deadLetters().size());
    assertLossIsReported(deployment, chats.getFirst().app());
  }

  private static void wipe(Server redis) throws IOException {
    redis.kill();
    try (var files = Files.walk(redis.log().resolveSibling("data"))) {
      files
          .sorted(Comparator.reverseOrder())
          .forEach(file -> assertThat(file.toFile().delete()).isTrue());
    }
    redis.start();
  }

  private static List<Told> told(List<History.Entry> entries) {
    List<Told> told = new ArrayList<>();
    for (History.Entry entry : entries) {
      if (entry.request() instanceof Request.NewMessages(String app, long chat, var bodies, _)
          && entry.outcome() instanceof Outcome.Accepted(long number, _)) {
        told.add(new Told(new Parent.Chat(app, chat), number, bodies.getFirst()));
      }
    }
    return told;
  }

  private static boolean isThere(Told told, State state) {
    return state
        .messages()
        .getOrDefault(told.chat(), List.of())
        .contains(new State.Message(told.number(), told.body()));
  }

  private static void assertVerifyNames(
      Deployment deployment, List<Told> told, List<Told> lost, int deadLetters) throws IOException {
    String lines = told.stream().map(Told::line).collect(Collectors.joining());
    List<String> findings = new ArrayList<>();
    AcceptedReport accepted;
    Report verified;
    try (ConfigurableApplicationContext command =
        ChatWorker.forCommand(deployment.directArguments().toArray(String[]::new))) {
      accepted =
          command
              .getBean(AcceptedCheck.class)
              .run(
                  new ByteArrayInputStream(lines.getBytes(StandardCharsets.UTF_8)),
                  findings::add,
                  _ -> {});
      verified = command.getBean(Verification.class).run(true, _ -> {});
    }
    assertThat(findings)
        .extracting(finding -> finding.substring(0, finding.indexOf(": ")))
        .containsExactlyInAnyOrderElementsOf(lost.stream().map(Told::place).toList());
    assertThat(accepted)
        .isEqualTo(new AcceptedReport(told.size(), told.size() - lost.size(), 0, lost.size()));
    assertThat(verified.findings()).isEmpty();
    assertThat(verified.searchFault()).isNull();
    assertThat(verified.deadLetters()).isEqualTo(deadLetters);
  }

  /**
   * Checks that metrics and logs report the loss, and that no log contains the token of the app.
   */
  private static void assertLossIsReported(Deployment deployment, String app) throws Exception {
    StringBuilder logs = new StringBuilder();
    StringBuilder metrics = new StringBuilder();
    for (LinkedService gateway : deployment.services(LinkedService.Kind.GATEWAY)) {
      logs.append(Files.readString(gateway.log()));
      metrics.append(Http.get(gateway.url() + "/actuator/prometheus").body());
    }
    assertThat(logs)
        .contains("Redis has lost data")
        .contains(app.substring(0, 8))
        .doesNotContain(app);
    assertThat(metrics).containsPattern("tally_counters_lost_total\\{.*} [1-9]");
  }
}
