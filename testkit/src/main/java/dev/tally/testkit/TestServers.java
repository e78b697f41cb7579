package dev.tally.testkit;

import dev.tally.stack.Server;
import dev.tally.stack.ServerKind;
import io.lettuce.core.RedisURI;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.opentest4j.TestAbortedException;
import org.springframework.data.redis.connection.RedisStandaloneConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceClientConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
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

  private final Addresses addresses;

  /** Null if Testcontainers runs the servers. */
  private final @Nullable MixedStack stack;

  private TestServers(Addresses addresses, @Nullable MixedStack stack) {
    this.addresses = addresses;
    this.stack = stack;
  }

  /** Returns the servers after wiping everything that an earlier test class left in them. */
  public static synchronized TestServers wiped() {
    if (shared == null) {
      String choice = System.getProperty("stack", "embedded");
      shared =
          switch (choice) {
            case "embedded" -> mixed(Map.of());
            case "testcontainers" -> containers();
            case "external" -> mixed(System.getenv());
            default -> throw new IllegalArgumentException("no such stack: " + choice);
          };
    }
    shared.wipe();
    return shared;
  }

  private static TestServers mixed(Map<String, String> environment) {
    Path data;
    try {
      data = Files.createTempDirectory("tally-test");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    MixedStack stack = MixedStack.start(data, environment);
    Runtime.getRuntime().addShutdownHook(new Thread(() -> end(stack, data)));
    return new TestServers(stack.addresses(), stack);
  }

  private static void end(MixedStack stack, Path data) {
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
        new Addresses(
            mysql.getJdbcUrl(),
            mysql.getUsername(),
            mysql.getPassword(),
            "redis://%s:%d".formatted(redis.getHost(), redis.getMappedPort(6379)),
            "http://" + elasticsearch.getHttpHostAddress()),
        null);
  }

  public String elasticsearchUrl() {
    return addresses.elasticsearchUrl();
  }

  /**
   * The process of a server, for a test that kills it. Aborts the test if the server is not
   * embedded.
   */
  public Server killable(ServerKind kind) {
    if (stack == null || !stack.isEmbedded(kind)) {
      throw new TestAbortedException("needs an embedded %s".formatted(kind.title()));
    }
    return stack.processes().server(kind);
  }

  /** MySQL, with a new connection for each use. */
  public DataSource dataSource() {
    return new DriverManagerDataSource(
        addresses.mysqlUrl(), addresses.mysqlUser(), addresses.mysqlPassword());
  }

  /** A connection to MySQL. */
  public Connection mysql() throws SQLException {
    return dataSource().getConnection();
  }

  /**
   * The same servers, with a database of MySQL of its own, which is empty. Services with another
   * Redis need one: the rows of partitions belong to one Redis.
   *
   * @param name letters and underscores
   */
  public TestServers withDatabase(String name) {
    new Database(dataSource()).jdbc().execute("CREATE DATABASE IF NOT EXISTS " + name);
    TestServers others = new TestServers(addresses.withDatabase(name), stack);
    new Database(others.dataSource()).wipe();
    return others;
  }

  /** Creates the schema in MySQL, as a service does at its start. */
  public void migrate() {
    new Database(dataSource()).migrate();
  }

  /** Opens connections to Redis. The caller destroys them. */
  public LettuceConnectionFactory redis() {
    return redis(RedisURI.DEFAULT_TIMEOUT_DURATION);
  }

  /**
   * Opens connections to Redis. The caller destroys them.
   *
   * @param timeout the longest time that a command waits for its answer
   */
  public LettuceConnectionFactory redis(Duration timeout) {
    URI url = URI.create(addresses.redisUrl());
    LettuceConnectionFactory connections =
        new LettuceConnectionFactory(
            new RedisStandaloneConfiguration(url.getHost(), url.getPort()),
            LettuceClientConfiguration.builder().commandTimeout(timeout).build());
    connections.afterPropertiesSet();
    connections.start();
    return connections;
  }

  /** Sets how many bytes Redis may use; 0 is no limit. */
  public void redisMaxMemory(long bytes) {
    try (RedisServer redis = addresses.redis()) {
      redis.maxMemory(bytes);
    }
  }

  /**
   * The configuration that points a service at these servers, as {@code --name=value} arguments.
   */
  public List<String> arguments() {
    List<String> arguments = addresses.arguments(List.of(ServerKind.values()));
    arguments.add(Service.ONE_PORT);
    return arguments;
  }

  /** Connects anew for each wipe, because tests kill the servers in between. */
  private void wipe() {
    new Database(dataSource()).wipe();
    try (RedisServer redis = addresses.redis()) {
      redis.wipe();
    }
    addresses.search().wipe();
  }
}
