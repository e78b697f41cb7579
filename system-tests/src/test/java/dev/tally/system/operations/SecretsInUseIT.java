package dev.tally.system.operations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import dev.tally.system.RunningTally;
import dev.tally.system.TallyClient;
import dev.tally.testkit.http.Http;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.logging.LogLevel;
import org.springframework.boot.logging.LoggingSystem;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.core.RedisCallback;
import org.springframework.data.redis.core.StringRedisTemplate;

/** No line of a log has the password of an address whose server is there, away, or refuses it. */
@ExtendWith(OutputCaptureExtension.class)
class SecretsInUseIT {

  private static final String MARK = "Zaubertrank";
  private static final String LIMITED = "limited";
  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final String[] LOGGED = {
    "--logging.level.root=INFO",
    "--logging.level.dev.tally=DEBUG",
    "--spring.flyway.connect-retries=0"
  };

  private final RunningTally running = RunningTally.shared();
  private final TallyClient tally = TallyClient.of(running);

  @AfterEach
  void logLittle() {
    LoggingSystem logging = LoggingSystem.get(LoggingSystem.class.getClassLoader());
    logging.setLogLevel(LoggingSystem.ROOT_LOGGER_NAME, LogLevel.WARN);
    logging.setLogLevel("dev.tally", LogLevel.WARN);
  }

  @Test
  void aRedisThatIsAway(CapturedOutput output) {
    String app = tally.newApp();

    try (RunningTally services = with("TALLY_REDIS_URL", "redis://user:" + MARK + "@127.0.0.1:1")) {
      Http.post(services.gateway() + "/apps/" + app + "/chats").is(503);
      Http.get(services.api() + "/apps/" + app + "/chats/1").is(404);
    }
    runs("TALLY_REDIS_URL", "redis://user:" + MARK + "@127.0.0.1:1", 2);

    assertThat(output).contains("a dependency is down").doesNotContainIgnoringCase(MARK);
  }

  @Test
  void aRedisThatRefusesThePassword(CapturedOutput output) {
    String app = tally.newApp();
    tell("ACL", "SETUSER", LIMITED, "reset", "on", ">another", "~*", "&*", "+@all");
    try {
      String url = "redis://%s:%s@%s".formatted(LIMITED, MARK, address("TALLY_REDIS_URL"));
      try (RunningTally services = with("TALLY_REDIS_URL", url)) {
        Http.post(services.gateway() + "/apps/" + app + "/chats").is(503);
      }
      runs("TALLY_REDIS_URL", url, 2);
    } finally {
      // The answer to DELUSER is a number, which the template cannot read here.
      tell("ACL", "SETUSER", LIMITED, "reset");
    }

    assertThat(output).contains("a dependency is down").doesNotContainIgnoringCase(MARK);
  }

  @Test
  void sentinelsThatAreAway(CapturedOutput output) {
    String[] settings = {
      "--TALLY_REDIS_URL=redis://user:" + MARK + "@redis",
      "--TALLY_REDIS_SENTINEL_NODES=127.0.0.1:1,127.0.0.1:2",
      "--TALLY_REDIS_SENTINEL_PASSWORD=" + MARK
    };
    String app = tally.newApp();

    try (RunningTally services = running.another(joined(settings))) {
      Http.post(services.gateway() + "/apps/" + app + "/chats").is(503);
      await().atMost(PATIENCE).until(() -> output.toString().contains("does not answer"));
    }

    assertThat(output).doesNotContainIgnoringCase(MARK);
  }

  @Test
  void aMysqlThatIsAway(CapturedOutput output) {
    String url = "jdbc:mysql://root:" + MARK + "@127.0.0.1:1/tally?password=" + MARK;

    Throwable thrown = catchThrowable(() -> with("TALLY_MYSQL_URL", url).close());
    runs("TALLY_MYSQL_URL", url, 2);

    StringWriter stackTrace = new StringWriter();
    thrown.printStackTrace(new PrintWriter(stackTrace));
    assertThat(stackTrace.toString()).doesNotContainIgnoringCase(MARK);
    assertThat(output).contains("Communications link failure").doesNotContainIgnoringCase(MARK);
  }

  @Test
  void aMysqlThatTakesOrRefusesThePassword(CapturedOutput output) throws SQLException {
    try (Connection connection = running.servers().mysql();
        Statement statement = connection.createStatement()) {
      statement.execute("DROP USER IF EXISTS '%s'@'%%'".formatted(LIMITED));
      statement.execute("CREATE USER '%s'@'%%' IDENTIFIED BY '%s'".formatted(LIMITED, MARK));
      statement.execute("GRANT ALL ON *.* TO '%s'@'%%'".formatted(LIMITED));
      for (String user : new String[] {LIMITED, "nobody"}) {
        for (String url : mysqlUrls(user)) {
          Throwable thrown =
              catchThrowable(
                  () ->
                      running
                          .another(
                              joined(
                                  "--TALLY_MYSQL_URL=" + url,
                                  "--TALLY_MYSQL_USER=" + user,
                                  "--TALLY_MYSQL_PASSWORD=" + MARK))
                          .close());

          assertThat(output).as(url).doesNotContainIgnoringCase(MARK);
          if (user.equals(LIMITED)) {
            assertThat(thrown).as(url).isNull();
          } else {
            assertThat(thrown).hasStackTraceContaining("Access denied");
          }
        }
      }
      statement.execute("DROP USER '%s'@'%%'".formatted(LIMITED));
    }
    assertThat(output).contains("Tomcat started on port", "Access denied");
  }

  private List<String> mysqlUrls(String user) {
    String address = address("TALLY_MYSQL_URL");
    return List.of(
        "jdbc:mysql://%s:%s@%s".formatted(user, MARK, address),
        "jdbc:mysql://%s%spassword=%s".formatted(address, address.contains("?") ? "&" : "?", MARK));
  }

  @Test
  void anElasticsearchThatIsAway(CapturedOutput output) {
    String url = "http://user:" + MARK + "@127.0.0.1:1";
    searches(url, output, "Connection refused");
  }

  @Test
  void anElasticsearchThatRefusesThePassword(CapturedOutput output) throws Exception {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    byte[] body = "{\"error\":\"no\",\"status\":401}".getBytes(StandardCharsets.US_ASCII);
    server.createContext(
        "/",
        exchange -> {
          exchange.getResponseHeaders().set("WWW-Authenticate", "Basic realm=\"security\"");
          exchange.getResponseHeaders().set("Content-Type", "application/json");
          exchange.getResponseHeaders().set("X-Elastic-Product", "Elasticsearch");
          boolean isHead = exchange.getRequestMethod().equals("HEAD");
          exchange.sendResponseHeaders(401, isHead ? -1 : body.length);
          if (!isHead) {
            exchange.getResponseBody().write(body);
          }
          exchange.close();
        });
    server.start();
    try {
      searches(
          "http://user:" + MARK + "@127.0.0.1:" + server.getAddress().getPort(), output, "search");
    } finally {
      server.stop(0);
    }
  }

  private void searches(String url, CapturedOutput output, String logged) {
    String app = tally.newApp();
    long chat = tally.newChat(app);
    tally.say(app, chat, "one");
    tally.awaitMessages(app, chat, 1);
    try (RunningTally services = with("TALLY_ELASTICSEARCH_URL", url)) {
      Http.get(services.api() + "/apps/" + app + "/chats/" + chat + "/search?q=one").is(503);
      await().atMost(PATIENCE).until(() -> output.toString().contains("indexing failed"));
    }
    runs("TALLY_ELASTICSEARCH_URL", url, 3);

    assertThat(output).contains(logged).doesNotContainIgnoringCase(MARK);
  }

  private RunningTally with(String variable, String value) {
    return running.another(joined("--" + variable + "=" + value));
  }

  private static String[] joined(String... settings) {
    String[] all = new String[settings.length + LOGGED.length];
    System.arraycopy(settings, 0, all, 0, settings.length);
    System.arraycopy(LOGGED, 0, all, settings.length, LOGGED.length);
    return all;
  }

  private void runs(String variable, String value, int exitCode) {
    try {
      RunningTally.CommandResult result =
          running.commandWith(
              Map.of(variable, value, "SPRING_FLYWAY_CONNECTRETRIES", "0"), "verify");
      assertThat(result.exitCode()).as(result.output()).isEqualTo(exitCode);
      assertThat(result.output()).doesNotContainIgnoringCase(MARK);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** What stands behind {@code //} in the address that the services use. */
  private String address(String variable) {
    return running.servers().arguments().stream()
        .filter(argument -> argument.startsWith("--" + variable + "="))
        .map(argument -> argument.replaceFirst(".*?//([^@/]*@)?", ""))
        .findFirst()
        .orElseThrow();
  }

  private void tell(String command, String... arguments) {
    byte[][] bytes = new byte[arguments.length][];
    for (int i = 0; i < arguments.length; i++) {
      bytes[i] = arguments[i].getBytes(StandardCharsets.US_ASCII);
    }
    LettuceConnectionFactory connections = running.servers().redis();
    try {
      new StringRedisTemplate(connections)
          .execute((RedisCallback<?>) connection -> connection.execute(command, bytes));
    } finally {
      connections.destroy();
    }
  }
}
