package dev.tally.testkit;

import dev.tally.stack.EmbeddedStack;
import dev.tally.stack.Server;
import dev.tally.stack.ServerKind;
import dev.tally.stack.StackOptions;
import java.io.IOException;
import java.io.InputStream;
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
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.opentest4j.TestAbortedException;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.elasticsearch.ElasticsearchContainer;
import org.testcontainers.mysql.MySQLContainer;

/**
 * The servers that this JVM's tests run on, started at first use. The system property {@code stack}
 * chooses them:
 *
 * <ul>
 *   <li>{@code embedded}, the default: MariaDB, Redis and Elasticsearch as child processes
 *   <li>{@code testcontainers}: MySQL, Redis and Elasticsearch from their official images
 *   <li>{@code external}: the servers that {@code TALLY_MYSQL_URL}, {@code TALLY_REDIS_URL} and so
 *       on name. The tests wipe them. A server without a variable is embedded.
 * </ul>
 */
public final class TestServers {

  private static @Nullable TestServers shared;

  private final String mysqlUrl;
  private final String mysqlUser;
  private final String mysqlPassword;
  private final String redisUrl;
  private final String elasticsearchUrl;
  private final @Nullable EmbeddedStack embedded;
  private final Set<ServerKind> kinds;

  private TestServers(
      String mysqlUrl,
      String mysqlUser,
      String mysqlPassword,
      String redisUrl,
      String elasticsearchUrl,
      @Nullable EmbeddedStack embedded,
      Set<ServerKind> kinds) {
    this.mysqlUrl = mysqlUrl;
    this.mysqlUser = mysqlUser;
    this.mysqlPassword = mysqlPassword;
    this.redisUrl = redisUrl;
    this.elasticsearchUrl = elasticsearchUrl;
    this.embedded = embedded;
    this.kinds = kinds;
  }

  /** Returns the servers after wiping everything that an earlier test class left in them. */
  public static synchronized TestServers wiped() {
    if (shared == null) {
      String choice = System.getProperty("stack", "embedded");
      shared =
          switch (choice) {
            case "embedded" -> embedded(Optional.empty(), Optional.empty(), Optional.empty());
            case "testcontainers" -> containers();
            case "external" ->
                embedded(
                    Optional.ofNullable(System.getenv("TALLY_MYSQL_URL")),
                    Optional.ofNullable(System.getenv("TALLY_REDIS_URL")),
                    Optional.ofNullable(System.getenv("TALLY_ELASTICSEARCH_URL")));
            default -> throw new IllegalArgumentException("no such stack: " + choice);
          };
    }
    shared.wipe();
    return shared;
  }

  private static TestServers embedded(
      Optional<String> mysql, Optional<String> redis, Optional<String> elasticsearch) {
    Path data;
    try {
      data = Files.createTempDirectory("tally-test");
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    StackOptions options = StackOptions.in(data);
    if (mysql.isPresent()) {
      options = options.without(ServerKind.MARIADB);
    }
    if (redis.isPresent()) {
      options = options.without(ServerKind.REDIS);
    }
    if (elasticsearch.isPresent()) {
      options = options.without(ServerKind.ELASTICSEARCH);
    }
    EmbeddedStack stack = EmbeddedStack.start(options);
    Runtime.getRuntime().addShutdownHook(new Thread(() -> end(stack, data)));
    return new TestServers(
        mysql.orElseGet(() -> stack.mariaDb().url()),
        mysql.isPresent() ? environment("TALLY_MYSQL_USER", "tally") : "root",
        mysql.isPresent() ? environment("TALLY_MYSQL_PASSWORD", "") : "",
        redis.orElseGet(() -> stack.redis().url()),
        elasticsearch.orElseGet(() -> stack.elasticsearch().url()),
        stack,
        options.ports().keySet());
  }

  private static String environment(String name, String otherwise) {
    String value = System.getenv(name);
    return value == null ? otherwise : value;
  }

  private static void end(EmbeddedStack stack, Path data) {
    stack.close();
    try (var files = Files.walk(data)) {
      files.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
    } catch (IOException e) {
      System.err.println("could not delete " + data + ": " + e);
    }
  }

  @SuppressWarnings("resource") // Testcontainers ends them with the JVM.
  private static TestServers containers() {
    MySQLContainer mysql =
        new MySQLContainer("mysql:8.4").withDatabaseName("tally").withUsername("root");
    GenericContainer<?> redis =
        new GenericContainer<>("redis:8")
            .withCommand("redis-server", "--appendonly", "yes", "--maxmemory-policy", "noeviction")
            .withExposedPorts(6379);
    ElasticsearchContainer elasticsearch =
        new ElasticsearchContainer("elasticsearch:9.2.2")
            .withEnv("xpack.security.enabled", "false")
            .withEnv("action.auto_create_index", "false")
            .withEnv("ES_JAVA_OPTS", "-Xms512m -Xmx512m")
            // The default of a minute is too short on a busy machine.
            .withStartupTimeout(Duration.ofMinutes(4));
    List.of(mysql, redis, elasticsearch).parallelStream().forEach(GenericContainer::start);
    return new TestServers(
        mysql.getJdbcUrl(),
        mysql.getUsername(),
        mysql.getPassword(),
        "redis://%s:%d".formatted(redis.getHost(), redis.getMappedPort(6379)),
        "http://" + elasticsearch.getHttpHostAddress(),
        null,
        Set.of());
  }

  public String mysqlUrl() {
    return mysqlUrl;
  }

  public String mysqlUser() {
    return mysqlUser;
  }

  public String mysqlPassword() {
    return mysqlPassword;
  }

  public String redisUrl() {
    return redisUrl;
  }

  public String elasticsearchUrl() {
    return elasticsearchUrl;
  }

  /**
   * The process of a server, for a test that kills it. Aborts the test if the server is not
   * embedded.
   */
  public Server killable(ServerKind kind) {
    EmbeddedStack stack = embedded;
    if (stack == null || !kinds.contains(kind)) {
      throw new TestAbortedException("needs an embedded %s".formatted(kind.title()));
    }
    return stack.server(kind);
  }

  /** A connection to MySQL. */
  public Connection mysql() throws SQLException {
    return DriverManager.getConnection(mysqlUrl, mysqlUser, mysqlPassword);
  }

  /**
   * The configuration that points a service at these servers, as {@code --name=value} arguments.
   */
  public List<String> arguments() {
    return List.of(
        "--TALLY_MYSQL_URL=" + mysqlUrl,
        "--TALLY_MYSQL_USER=" + mysqlUser,
        "--TALLY_MYSQL_PASSWORD=" + mysqlPassword,
        "--TALLY_REDIS_URL=" + redisUrl,
        "--TALLY_ELASTICSEARCH_URL=" + elasticsearchUrl);
  }

  private void wipe() {
    try (Connection connection = mysql();
        Statement statement = connection.createStatement()) {
      String database = connection.getCatalog();
      statement.execute("DROP DATABASE `" + database + "`");
      statement.execute("CREATE DATABASE `" + database + "` CHARACTER SET utf8mb4");
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
    URI redis = URI.create(redisUrl);
    try (Socket socket = new Socket(redis.getHost(), redis.getPort())) {
      InputStream in = socket.getInputStream();
      socket.getOutputStream().write("FLUSHALL\r\n".getBytes(StandardCharsets.US_ASCII));
      if (in.read() != '+') {
        throw new IllegalStateException("FLUSHALL was refused");
      }
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    deleteIndexes();
  }

  private void deleteIndexes() {
    try (HttpClient http = HttpClient.newHttpClient()) {
      String names =
          http.send(
                  HttpRequest.newBuilder(
                          URI.create(elasticsearchUrl + "/_alias?filter_path=tally-messages*"))
                      .build(),
                  HttpResponse.BodyHandlers.ofString())
              .body();
      Matcher matcher = Pattern.compile("\"(tally-messages-[^\"]*?)\":\\{\"aliases").matcher(names);
      while (matcher.find()) {
        http.send(
            HttpRequest.newBuilder(URI.create(elasticsearchUrl + "/" + matcher.group(1)))
                .DELETE()
                .build(),
            HttpResponse.BodyHandlers.discarding());
      }
    } catch (IOException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
