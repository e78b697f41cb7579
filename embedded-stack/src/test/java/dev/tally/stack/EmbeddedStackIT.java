package dev.tally.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedStackIT {

  @TempDir private Path data;

  @Test
  void serversKeepTheirDataOverStopAndKill() throws Exception {
    StackOptions options = StackOptions.in(data);
    List<Long> processes = new ArrayList<>();
    try (EmbeddedStack stack = EmbeddedStack.start(options)) {
      for (ServerKind kind : ServerKind.values()) {
        processes.add(stack.server(kind).pid());
      }
      sql(stack, "CREATE TABLE kept (n INT)", "INSERT INTO kept VALUES (1)");
      redis(stack, "SET kept 1");
      http(stack, "PUT", "/kept", "{}");
      http(stack, "PUT", "/kept/_doc/1?refresh=true", "{\"n\":1}");

      for (ServerKind kind : ServerKind.values()) {
        Server server = stack.server(kind);
        long killed = server.pid();
        server.kill();
        assertThat(ProcessHandle.of(killed)).isEmpty();
        assertThat(server.isRunning()).isFalse();
        server.start();
        assertThat(server.pid()).isNotEqualTo(killed);
      }
      assertIsKept(stack);
    }
    for (long process : processes) {
      assertThat(ProcessHandle.of(process)).isEmpty();
    }
    try (EmbeddedStack stack = EmbeddedStack.start(options)) {
      assertIsKept(stack);
    }
  }

  private static void assertIsKept(EmbeddedStack stack) throws Exception {
    assertThat(query(stack, "SELECT n FROM kept")).isEqualTo("1");
    assertThat(redis(stack, "GET kept")).startsWith("$1\r\n1");
    assertThat(http(stack, "GET", "/kept/_doc/1", "")).contains("\"n\":1");
  }

  @Test
  void theNodeAnalyzesAsADistributionDoes() throws Exception {
    try (EmbeddedStack stack = EmbeddedStack.start(only(ServerKind.ELASTICSEARCH, 0))) {
      http(
          stack,
          "PUT",
          "/text",
          """
          {"settings": {"analysis": {
             "char_filter": {"joints": {"type": "pattern_replace", "pattern": "[._]", "replacement": " "}},
             "analyzer": {"folded": {"type": "custom", "char_filter": ["joints"],
               "tokenizer": "standard", "filter": ["lowercase", "asciifolding"]}}}},
           "mappings": {"properties": {"body": {"type": "text", "analyzer": "folded",
             "index_prefixes": {"min_chars": 1, "max_chars": 10}}}}}""");
      http(stack, "PUT", "/text/_doc/1?refresh=true", "{\"body\":\"Crème_brûlée\"}");

      String found =
          http(
              stack,
              "POST",
              "/text/_search",
              """
              {"query": {"match_bool_prefix": {"body": "BRUL"}},
               "highlight": {"fields": {"body": {"highlight_query": {"wildcard": {"body": "brul*"}}}}}}""");

      assertThat(found).contains("Crème_<em>brûlée</em>");
    }
  }

  @Test
  void aTakenPortIsNamed() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      assertThatThrownBy(() -> EmbeddedStack.start(only(ServerKind.REDIS, taken.getLocalPort())))
          .isInstanceOf(StackException.class)
          .hasMessageContaining("port " + taken.getLocalPort())
          .hasMessageContaining("Redis");
    }
    // and the folder is free again
    EmbeddedStack.start(only(ServerKind.REDIS, 0)).close();
  }

  @Test
  void aFolderServesOneStackAtATime() {
    try (EmbeddedStack stack = EmbeddedStack.start(only(ServerKind.REDIS, 0))) {
      assertThat(stack.redis().isRunning()).isTrue();
      assertThatThrownBy(() -> EmbeddedStack.start(only(ServerKind.REDIS, 0)))
          .isInstanceOf(StackException.class)
          .hasMessageContaining(data.toString());
    }
  }

  @Test
  void aFailedStartLeavesNothingBehind() throws IOException {
    // Redis finds a folder where its append-only file should be
    Files.createDirectories(data.resolve("redis/data/appendonly.aof/x"));

    assertThatThrownBy(() -> EmbeddedStack.start(StackOptions.in(data)))
        .isInstanceOf(StackException.class)
        .hasMessageContaining("Redis did not start")
        .hasMessageContaining("Can't open the append-only file");

    assertThat(processesOfThisFolder()).isEmpty();
  }

  @Test
  void serversEndWithTheirParentHoweverItEnds() throws Exception {
    Process parent =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Parent.class.getName(),
                data.toString())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    List<ProcessHandle> servers = new ArrayList<>();
    try (BufferedReader out = parent.inputReader()) {
      for (ServerKind kind : ServerKind.values()) {
        servers.add(ProcessHandle.of(Long.parseLong(out.readLine())).orElseThrow());
      }

      parent.destroyForcibly();

      for (ProcessHandle server : servers) {
        server.onExit().get(30, TimeUnit.SECONDS);
      }
    } finally {
      parent.destroyForcibly();
    }
  }

  /** Starts all servers, prints their process ids, and waits to be killed. */
  static final class Parent {
    public static void main(String[] args) throws InterruptedException {
      EmbeddedStack stack = EmbeddedStack.start(StackOptions.in(Path.of(args[0])));
      for (ServerKind kind : ServerKind.values()) {
        System.out.println(stack.server(kind).pid());
      }
      System.out.flush();
      Thread.sleep(600_000);
    }
  }

  @Test
  void aFrozenServerGoesOn() throws Exception {
    try (EmbeddedStack stack = EmbeddedStack.start(only(ServerKind.REDIS, 0))) {
      stack.redis().freeze();
      assertThat(ServerKind.REDIS.program().answers(stack.redis().port())).isFalse();
      stack.redis().thaw();
      assertThat(redis(stack, "PING")).startsWith("+PONG");
    }
  }

  private StackOptions only(ServerKind wanted, int port) {
    StackOptions options = StackOptions.in(data).with(wanted, port);
    for (ServerKind kind : ServerKind.values()) {
      options = kind == wanted ? options : options.without(kind);
    }
    return options;
  }

  private List<ProcessHandle> processesOfThisFolder() {
    return ProcessHandle.allProcesses()
        .filter(
            process ->
                List.of(process.info().arguments().orElse(new String[0])).stream()
                    .anyMatch(argument -> argument.contains(data.toString())))
        .toList();
  }

  private static void sql(EmbeddedStack stack, String... statements) throws SQLException {
    try (Connection connection = DriverManager.getConnection(stack.mariaDb().url(), "root", "");
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }

  private static String query(EmbeddedStack stack, String sql) throws SQLException {
    try (Connection connection = DriverManager.getConnection(stack.mariaDb().url(), "root", "");
        Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      assertThat(result.next()).isTrue();
      return result.getString(1);
    }
  }

  private static String redis(EmbeddedStack stack, String command) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), stack.redis().port())) {
      socket.setSoTimeout(5_000);
      socket.getOutputStream().write((command + "\r\n").getBytes(StandardCharsets.US_ASCII));
      InputStream in = socket.getInputStream();
      byte[] answer = new byte[64];
      int length = in.read(answer);
      return new String(answer, 0, length, StandardCharsets.US_ASCII);
    }
  }

  private static String http(EmbeddedStack stack, String method, String path, String body)
      throws IOException, InterruptedException {
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpResponse<String> response =
          client.send(
              HttpRequest.newBuilder(URI.create(stack.elasticsearch().url() + path))
                  .header("Content-Type", "application/json")
                  .method(method, HttpRequest.BodyPublishers.ofString(body))
                  .build(),
              HttpResponse.BodyHandlers.ofString());
      assertThat(response.statusCode()).as(response.body()).isBetween(200, 201);
      return response.body();
    }
  }
}
