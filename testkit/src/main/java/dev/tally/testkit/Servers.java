package dev.tally.testkit;

import dev.tally.stack.EmbeddedStack;
import dev.tally.stack.ServerKind;
import dev.tally.stack.StackOptions;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * MySQL, Redis and Elasticsearch: the servers that the environment names, and embedded servers for
 * the rest.
 *
 * <p>A server that the environment names must serve the benchmarks only. They check at the start
 * that it is empty, and delete all its data again and again.
 */
public final class Servers implements AutoCloseable {

  private final EmbeddedStack stack;
  private final Map<ServerKind, Integer> started;
  private final Database database;
  private final RedisServer redis;
  private final SearchServer search;

  private Servers(EmbeddedStack stack, Map<ServerKind, Integer> started) {
    this.stack = stack;
    this.started = started;
    this.database =
        isStarted(ServerKind.MARIADB)
            ? new Database(stack.mariaDb().url(), "root", "")
            : new Database(
                given("TALLY_MYSQL_URL"), given("TALLY_MYSQL_USER"), given("TALLY_MYSQL_PASSWORD"));
    this.redis =
        new RedisServer(
            URI.create(
                isStarted(ServerKind.REDIS) ? stack.redis().url() : given("TALLY_REDIS_URL")));
    this.search =
        new SearchServer(
            URI.create(
                isStarted(ServerKind.ELASTICSEARCH)
                    ? stack.elasticsearch().url()
                    : given("TALLY_ELASTICSEARCH_URL")));
  }

  /**
   * Starts the servers that the environment does not name.
   *
   * @param folder for their data
   * @throws IllegalStateException if a server that the environment names is not empty
   */
  public static Servers start(Path folder) {
    Map<ServerKind, Integer> ports = new EnumMap<>(ServerKind.class);
    if (given("TALLY_MYSQL_URL").isEmpty()) {
      ports.put(ServerKind.MARIADB, 0);
    }
    if (given("TALLY_REDIS_URL").isEmpty()) {
      ports.put(ServerKind.REDIS, 0);
    }
    if (given("TALLY_ELASTICSEARCH_URL").isEmpty()) {
      ports.put(ServerKind.ELASTICSEARCH, 0);
    }
    Servers servers =
        new Servers(EmbeddedStack.start(new StackOptions(folder, ports)), Map.copyOf(ports));
    try {
      servers.database.requireEmpty();
      servers.redis.requireEmpty();
      servers.search.requireEmpty();
    } catch (RuntimeException e) {
      servers.close();
      throw e;
    }
    return servers;
  }

  private static String given(String variable) {
    return System.getenv().getOrDefault(variable, "").strip();
  }

  private boolean isStarted(ServerKind kind) {
    return started.containsKey(kind);
  }

  /** MySQL or MariaDB. */
  public Database database() {
    return database;
  }

  /** Redis. */
  public RedisServer redis() {
    return redis;
  }

  /** Elasticsearch. */
  public SearchServer search() {
    return search;
  }

  /**
   * Freezes Elasticsearch if the stack started it.
   *
   * @return whether Elasticsearch is frozen
   */
  public boolean freezeSearch() {
    if (isStarted(ServerKind.ELASTICSEARCH)) {
      stack.elasticsearch().freeze();
      return true;
    }
    return false;
  }

  /** Thaws Elasticsearch if the stack started it. */
  public void thawSearch() {
    if (isStarted(ServerKind.ELASTICSEARCH)) {
      stack.elasticsearch().thaw();
    }
  }

  /**
   * Spring Boot arguments that point a service at the embedded servers. A service inherits the
   * environment, so it finds the other servers there.
   */
  public List<String> arguments() {
    List<String> arguments = new ArrayList<>();
    if (isStarted(ServerKind.MARIADB)) {
      arguments.add("--TALLY_MYSQL_URL=" + stack.mariaDb().url());
      arguments.add("--TALLY_MYSQL_USER=root");
      arguments.add("--TALLY_MYSQL_PASSWORD=");
    }
    if (isStarted(ServerKind.REDIS)) {
      arguments.add("--TALLY_REDIS_URL=" + stack.redis().url());
    }
    if (isStarted(ServerKind.ELASTICSEARCH)) {
      arguments.add("--TALLY_ELASTICSEARCH_URL=" + stack.elasticsearch().url());
    }
    return arguments;
  }

  /** Deletes all data, and creates the schema again. No service may be running. */
  public void wipe() {
    redis.wipe();
    database.wipe();
    search.wipe();
  }

  /** The servers' versions, as a line for the report. */
  public String versions() {
    return "%s; Redis %s; Elasticsearch %s"
        .formatted(database.version(), redis.version(), search.version());
  }

  @Override
  public void close() {
    database.close();
    redis.close();
    stack.close();
  }
}
