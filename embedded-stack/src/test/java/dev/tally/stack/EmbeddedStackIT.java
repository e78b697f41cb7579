package dev.tally.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Tests one stack, and stops, kills and freezes its servers. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class EmbeddedStackIT {

  private Path data;
  private EmbeddedStack stack;

  @BeforeAll
  void start(@TempDir Path temp) {
    // The space finds arguments that are not quoted.
    data = temp.resolve("a folder");
    stack = EmbeddedStack.start(StackOptions.in(data));
  }

  @AfterAll
  void close() {
    stack.close();
    assertThat(Processes.of(data)).isEmpty();
  }

  @Test
  void mariaDbIsSetUpForTheProduct() throws Exception {
    Server server = stack.mariaDb();
    assertThat(Client.query(server, "SELECT DATABASE()")).isEqualTo("tally");
    assertThat(Client.query(server, "SELECT @@character_set_database")).isEqualTo("utf8mb4");
    assertThat(Client.query(server, "SELECT TIMEDIFF(NOW(), UTC_TIMESTAMP())"))
        .isEqualTo("00:00:00");
    assertThat(Client.query(server, "SELECT @@innodb_flush_log_at_trx_commit")).isEqualTo("1");
  }

  @Test
  void redisIsSetUpForTheProduct() throws Exception {
    Server server = stack.redis();
    assertThat(Client.redis(server, "CONFIG GET appendonly")).isEqualTo("yes");
    assertThat(Client.redis(server, "CONFIG GET appendfsync")).isEqualTo("always");
    assertThat(Client.redis(server, "CONFIG GET maxmemory-policy")).isEqualTo("noeviction");
  }

  @ParameterizedTest
  @EnumSource
  void listensOnLoopbackAlone(ServerKind kind) throws IOException {
    Server server = stack.server(kind);
    // This address reaches a server on all addresses, but not a server on 127.0.0.1.
    InetSocketAddress elsewhere = new InetSocketAddress("127.0.0.2", server.port());
    try (Socket socket = new Socket()) {
      assertThatThrownBy(() -> socket.connect(elsewhere, 5_000))
          .isInstanceOf(ConnectException.class);
    }
    assertThat(Ports.isHeldBy(server.pid(), server.port())).isTrue();
    assertThat(Ports.isHeldBy(ProcessHandle.current().pid(), server.port())).isFalse();
  }

  @ParameterizedTest
  @EnumSource
  void keepsItsDataWhenStoppedOrKilled(ServerKind kind) throws Exception {
    Server server = stack.server(kind);
    String url = server.url();
    String word = UUID.randomUUID().toString();
    Client.write(server, word);
    long first = server.pid();

    server.kill();

    assertThat(ProcessHandle.of(first)).isEmpty();
    assertThat(server.isRunning()).isFalse();
    assertThatThrownBy(server::pid).isInstanceOf(IllegalStateException.class);
    server.start();
    assertThat(server.pid()).isNotEqualTo(first);
    assertThat(server.url()).isEqualTo(url);
    assertThat(Client.read(server)).isEqualTo(word);

    server.restart();

    assertThat(Client.read(server)).isEqualTo(word);
  }

  @Test
  void startsWithATruncatedAppendOnlyFile() throws Exception {
    Server server = stack.redis();
    Client.write(server, "whole");
    server.kill();
    Files.writeString(
        appendOnlyFile(data.resolve("redis/data")),
        "*3\r\n$3\r\nSET\r\n$5\r\nother\r\n$4\r\nto",
        StandardOpenOption.APPEND);

    server.start();

    assertThat(Client.read(server)).isEqualTo("whole");
    assertThat(Client.redis(server, "EXISTS other")).isEqualTo(":0");
  }

  /** The file that Redis appends to. From Redis 7 on, it is one of several. */
  private static Path appendOnlyFile(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files
          .filter(file -> file.toString().matches(".*(/appendonly|\\.incr)\\.aof"))
          .findFirst()
          .orElseThrow();
    }
  }

  @Test
  void isSilentWhileFrozen() throws Exception {
    Server server = stack.redis();
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      socket.setSoTimeout(300);
      server.freeze();
      socket.getOutputStream().write("PING\r\n".getBytes(StandardCharsets.US_ASCII));
      assertThatThrownBy(() -> socket.getInputStream().read())
          .isInstanceOf(SocketTimeoutException.class);
      assertThat(server.isRunning()).isTrue();

      server.thaw();

      socket.setSoTimeout(30_000);
      assertThat(socket.getInputStream().read()).isEqualTo('+');
    }
  }

  @Test
  void stopsCleanlyWhileFrozen() throws Exception {
    Server server = stack.redis();
    long pid = server.pid();
    server.freeze();

    server.stop();

    assertThat(ProcessHandle.of(pid)).isEmpty();
    assertThat(server.log()).content().contains("Redis is now ready to exit");
    server.start();
  }

  @Test
  void keepsOneOlderLog() throws Exception {
    Server server = stack.redis();
    server.restart();
    String before = Files.readString(server.log());
    server.restart();
    assertThat(server.log().resolveSibling("server.log.1")).content().startsWith(before);
    assertThat(server.log()).content().doesNotContain(before);
    try (var files = Files.list(server.log().getParent())) {
      assertThat(files.filter(file -> file.getFileName().toString().startsWith("server.log")))
          .hasSize(2);
    }
  }

  @Test
  void refusesAnotherStackInItsFolder() throws Exception {
    StackException here =
        catchThrowableOfType(
            StackException.class,
            () -> EmbeddedStack.start(new StackOptions(data, Map.of())).close());
    assertThat(here)
        .hasMessageContaining(data.toString())
        .hasMessageContaining(Long.toString(ProcessHandle.current().pid()));
    // A channel that the refused start left open would be closed here, and the lock with it.
    System.gc();

    try (StackProcess other = StackProcess.start(data, Map.of())) {
      assertThat(other.answer()).isEqualTo(here.getMessage());
    }
  }

  @Test
  void hasNoServerThatWasLeftOut(@TempDir Path empty) {
    try (EmbeddedStack none = EmbeddedStack.start(new StackOptions(empty, Map.of()))) {
      assertThatThrownBy(none::redis)
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("Redis");
    }
  }
}
