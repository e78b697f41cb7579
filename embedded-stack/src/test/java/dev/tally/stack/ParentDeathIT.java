package dev.tally.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Servers end with the process that started them, and the next start finds their data. */
class ParentDeathIT {

  @TempDir Path data;

  @Test
  void noServerOutlivesAKilledParent() throws Exception {
    Map<ServerKind, Integer> ports = ports(ServerKind.values());
    try (StackProcess parent = StackProcess.start(data, ports)) {
      assertThat(parent.answer()).isEqualTo("up");
      List<String> processes = Processes.of(data);
      assertThat(processes)
          .anyMatch(line -> line.matches(".*/(mariadbd|mysqld) .*"))
          .anyMatch(line -> line.contains("redis-server"))
          .anyMatch(line -> line.contains("ElasticsearchNode"));

      parent.kill();
    }
    await()
        .atMost(Duration.ofMinutes(1))
        .untilAsserted(() -> assertThat(Processes.of(data)).isEmpty());
  }

  @Test
  void theNextStartWaitsForServersThatAreAboutToEnd() throws Exception {
    Map<ServerKind, Integer> ports = ports(ServerKind.MARIADB, ServerKind.REDIS);
    try (StackProcess parent = StackProcess.start(data, ports)) {
      assertThat(parent.answer()).isEqualTo("up");
      parent.kill();
    }

    try (EmbeddedStack stack = EmbeddedStack.start(new StackOptions(data, ports))) {
      assertThat(Client.query(stack.mariaDb(), "SELECT 1")).isEqualTo("1");
      assertThat(stack.redis().isRunning()).isTrue();
    }
  }

  @Test
  void serversStillRunDuringTheShutdownThatCtrlCStarts() throws Exception {
    Map<ServerKind, Integer> ports = ports(ServerKind.REDIS);
    try (StackProcess parent = StackProcess.start(data, ports)) {
      assertThat(parent.answer()).isEqualTo("up");
      parent.interruptGroup();
    }
    assertThat(Processes.of(data)).isEmpty();

    try (EmbeddedStack stack = EmbeddedStack.start(new StackOptions(data, ports))) {
      assertThat(Client.read(stack.redis())).isEqualTo("drained");
    }
  }

  private static Map<ServerKind, Integer> ports(ServerKind... kinds) {
    Map<ServerKind, Integer> ports = new EnumMap<>(ServerKind.class);
    Set<Integer> taken = new HashSet<>();
    for (ServerKind kind : kinds) {
      int port = Ports.choose(taken);
      taken.add(port);
      ports.put(kind, port);
    }
    return ports;
  }
}
