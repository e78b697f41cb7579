package dev.tally.system.faults.deployment;

import dev.tally.stack.EmbeddedStack;
import dev.tally.stack.ReplicatedRedis;
import dev.tally.stack.Server;
import dev.tally.stack.ServerKind;
import dev.tally.stack.StackOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The servers of a deployment: one of each kind, or a Redis with a replica and Sentinels. */
final class BackingServers implements AutoCloseable {

  private static final int REPLICAS = 1;

  private final EmbeddedStack stack;
  private final @Nullable ReplicatedRedis replicatedRedis;

  private BackingServers(EmbeddedStack stack, @Nullable ReplicatedRedis replicatedRedis) {
    this.stack = stack;
    this.replicatedRedis = replicatedRedis;
  }

  /** Starts them in a folder, and returns when they answer. */
  static BackingServers start(Path folder, boolean replicatesRedis) {
    StackOptions options = StackOptions.in(folder.resolve("servers"));
    if (!replicatesRedis) {
      return new BackingServers(EmbeddedStack.start(options), null);
    }
    EmbeddedStack stack = EmbeddedStack.start(options.without(ServerKind.REDIS));
    try {
      return new BackingServers(
          stack, ReplicatedRedis.start(folder.resolve("replicated-redis"), REPLICAS));
    } catch (RuntimeException | Error e) {
      stack.close();
      throw e;
    }
  }

  /** A server; of a replicated Redis the present primary. */
  Server server(ServerKind kind) {
    return kind == ServerKind.REDIS && replicatedRedis != null
        ? replicatedRedis.primary()
        : stack.server(kind);
  }

  /**
   * The Redis that has a replica.
   *
   * @throws IllegalStateException if Redis has none
   */
  ReplicatedRedis replicatedRedis() {
    if (replicatedRedis == null) {
      throw new IllegalStateException("Redis has no replica");
    }
    return replicatedRedis;
  }

  /** Whether a server is always at the same address, which a proxy can lead to. */
  boolean isAtOneAddress(ServerKind kind) {
    return kind != ServerKind.REDIS || replicatedRedis == null;
  }

  /**
   * Arguments of a service that connects to the servers, as {@code --name=value}.
   *
   * @param ports where it reaches those that are at one address
   */
  List<String> arguments(Map<ServerKind, Integer> ports) {
    List<String> arguments = new ArrayList<>();
    ports.forEach((kind, port) -> arguments.add(address(kind, port)));
    arguments.add("--TALLY_MYSQL_USER=root");
    arguments.add("--TALLY_MYSQL_PASSWORD=");
    if (replicatedRedis != null) {
      arguments.add("--TALLY_REDIS_SENTINEL_NODES=" + replicatedRedis.sentinels());
      arguments.add("--TALLY_REDIS_SENTINEL_MASTER=" + replicatedRedis.master());
    }
    return arguments;
  }

  private String address(ServerKind kind, int port) {
    Server server = stack.server(kind);
    String url = server.url().replace(":" + server.port(), ":" + port);
    return switch (kind) {
      case MARIADB -> "--TALLY_MYSQL_URL=" + url;
      case REDIS -> "--TALLY_REDIS_URL=" + url;
      case ELASTICSEARCH -> "--TALLY_ELASTICSEARCH_URL=" + url;
    };
  }

  /** All servers that are processes, in any order. */
  List<Server> all() {
    List<Server> all = new ArrayList<>();
    for (ServerKind kind : ServerKind.values()) {
      if (isAtOneAddress(kind)) {
        all.add(stack.server(kind));
      }
    }
    if (replicatedRedis != null) {
      all.addAll(replicatedRedis.servers());
      all.addAll(replicatedRedis.watchers());
    }
    return all;
  }

  /** Ends every fault of the servers, and returns when all of them answer. */
  void restore() {
    for (Server server : all()) {
      if (server.isRunning()) {
        server.thaw();
      } else {
        server.start();
      }
    }
    if (replicatedRedis != null) {
      replicatedRedis.servers().forEach(ReplicaLink::restore);
    }
    RedisMemory.limit(server(ServerKind.REDIS), RedisMemory.ENOUGH);
    SlowInserts.end(server(ServerKind.MARIADB));
  }

  /** Returns when each replica has what its primary has. */
  void awaitReplicas() {
    if (replicatedRedis != null) {
      replicatedRedis.awaitReplicas();
    }
  }

  /** Kills all of them. */
  @Override
  public void close() {
    all().stream().filter(Server::isRunning).forEach(Server::kill);
    if (replicatedRedis != null) {
      replicatedRedis.close();
    }
    stack.close();
  }
}
