package dev.tally.testkit;

import dev.tally.stack.ServerKind;
import java.nio.file.Path;
import java.time.Duration;
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

  private final MixedStack stack;
  private final Database database;
  private final RedisServer redis;
  private final SearchServer search;

  private Servers(MixedStack stack) {
    this.stack = stack;
    this.database = stack.addresses().database();
    this.redis = stack.addresses().redis();
    this.search = stack.addresses().search();
  }

  /**
   * Starts the servers that the environment does not name.
   *
   * @param folder for their data
   * @throws IllegalStateException if a server that the environment names is not empty
   */
  public static Servers start(Path folder) {
    Servers servers = new Servers(MixedStack.start(folder, System.getenv()));
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

  /**
   * Starts embedded servers only, whatever the environment names.
   *
   * @param folder for their data
   */
  public static Servers embedded(Path folder) {
    return new Servers(MixedStack.start(folder, Map.of()));
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
    if (!stack.isEmbedded(ServerKind.ELASTICSEARCH)) {
      return false;
    }
    stack.processes().elasticsearch().freeze();
    return true;
  }

  /** Thaws Elasticsearch if the stack started it. */
  public void thawSearch() {
    if (stack.isEmbedded(ServerKind.ELASTICSEARCH)) {
      stack.processes().elasticsearch().thaw();
    }
  }

  /**
   * The configuration that points a service at the embedded servers, as {@code --name=value}. A
   * service inherits the environment, so it finds the other servers there.
   */
  public List<String> arguments() {
    return stack.arguments();
  }

  /** Deletes all data, and creates the schema again. No service may be running. */
  public void wipe() {
    empty();
    database.migrate();
  }

  /**
   * Deletes all data and the schema. The next service that starts creates its own schema. No
   * service may be running.
   */
  public void empty() {
    redis.wipe();
    database.wipe();
    search.wipe();
  }

  /** The processor time that each server has used, without servers that the environment names. */
  public Map<ServerKind, Duration> cpu() {
    Map<ServerKind, Duration> used = new EnumMap<>(ServerKind.class);
    for (ServerKind kind : ServerKind.values()) {
      if (stack.isEmbedded(kind)) {
        used.put(kind, Processes.cpu(stack.processes().server(kind).pid()));
      }
    }
    return used;
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
