package dev.tally.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A start that fails says why, and leaves no process behind. */
class StartFailureIT {

  @TempDir Path data;

  @ParameterizedTest
  @EnumSource
  void namesATakenPort(ServerKind kind) throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      StackOptions options = StackOptions.in(data).with(kind, taken.getLocalPort());
      assertThatThrownBy(() -> EmbeddedStack.start(options).close())
          .isInstanceOf(StackException.class)
          .hasMessageContaining(kind.title())
          .hasMessageContaining(Integer.toString(taken.getLocalPort()))
          .hasMessageContaining("choose another port");
    }
    assertThat(Processes.of(data)).isEmpty();
  }

  @Test
  void showsTheLogOfTheServerThatFailedAndStopsTheOthers() throws Exception {
    Map<ServerKind, Integer> ports = Map.of(ServerKind.MARIADB, 0, ServerKind.REDIS, 0);
    Path file = Files.createDirectories(data.resolve("redis/data")).resolve("appendonly.aof");
    Files.writeString(file, "this is no append only file\n");

    assertThatThrownBy(() -> EmbeddedStack.start(new StackOptions(data, ports)).close())
        .isInstanceOf(StackException.class)
        .hasMessageContaining("Redis did not start")
        .hasMessageContaining("Bad file format reading the append only file");

    assertThat(data.resolve("mariadb/server.log")).content().contains("ready for connections");
    assertThat(Processes.of(data)).isEmpty();

    Files.delete(file);
    try (EmbeddedStack stack = EmbeddedStack.start(new StackOptions(data, ports))) {
      assertThat(Client.query(stack.mariaDb(), "SELECT 1")).isEqualTo("1");
    }
  }

  @Test
  void replacesAnUnfinishedDataFolder() throws Exception {
    Path unfinished = data.resolve("mariadb/data.unfinished/mysql");
    Files.createDirectories(unfinished);
    Files.writeString(unfinished.resolve("db.opt"), "half");

    try (EmbeddedStack stack =
        EmbeddedStack.start(new StackOptions(data, Map.of(ServerKind.MARIADB, 0)))) {
      assertThat(Client.query(stack.mariaDb(), "SELECT 1")).isEqualTo("1");
    }
    assertThat(data.resolve("mariadb/data.unfinished")).doesNotExist();
  }
}
