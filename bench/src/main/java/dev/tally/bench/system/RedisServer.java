package dev.tally.bench.system;

import dev.tally.bench.load.Resp;
import dev.tally.bench.load.Target;
import dev.tally.common.partition.PartitionKeys;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.api.sync.RedisListCommands;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Redis, as the benchmark itself uses it: for preparation, and for limits. */
public final class RedisServer implements AutoCloseable {

  /** As many as the services have by default. */
  public static final int PARTITIONS = 16;

  private static final int PIPELINE = 1000;

  private final URI url;
  private final RedisClient client;
  private final StatefulRedisConnection<String, String> connection;

  RedisServer(URI url) {
    this.url = url;
    this.client = RedisClient.create(RedisURI.create(url));
    this.connection = client.connect();
  }

  /** Runs commands. */
  public RedisCommands<String, String> commands() {
    return connection.sync();
  }

  /** Raw load on the server. */
  public Target target(List<byte[]> requests, int answersPerRequest) {
    String user = url.getUserInfo();
    byte[] greeting = new byte[0];
    if (user != null) {
      List<String> command = new ArrayList<>(List.of("AUTH"));
      command.addAll(List.of(user.split(":", 2)));
      command.removeIf(String::isEmpty);
      greeting = Resp.command(command);
    }
    int port = url.getPort() < 0 ? 6379 : url.getPort();
    return new Target(
        new InetSocketAddress(url.getHost(), port),
        Resp.FORMAT,
        greeting,
        requests,
        answersPerRequest);
  }

  void requireEmpty() {
    if (commands().dbsize() > 0) {
      throw new IllegalStateException(
          "Redis has keys: the benchmarks want one of their own, and delete all in it");
    }
  }

  void wipe() {
    commands().flushall();
  }

  /** Sets keys, many at a time. */
  public void setAll(Map<String, String> values) {
    Map<String, String> some = new HashMap<>();
    values.forEach(
        (key, value) -> {
          some.put(key, value);
          if (some.size() == PIPELINE) {
            commands().mset(some);
            some.clear();
          }
        });
    if (!some.isEmpty()) {
      commands().mset(some);
    }
  }

  /** Throws away what is queued. The numbers stay taken. */
  public void clearQueues() {
    for (int partition = 0; partition < PARTITIONS; partition++) {
      commands().unlink(new PartitionKeys(partition).jobs());
    }
  }

  /** Jobs in all partitions that are queued, or claimed and not acknowledged yet. */
  public long waiting() {
    return waiting(commands());
  }

  /** The same of another Redis, or of a cluster. */
  public static long waiting(RedisListCommands<String, String> commands) {
    long waiting = 0;
    for (int partition = 0; partition < PARTITIONS; partition++) {
      PartitionKeys keys = new PartitionKeys(partition);
      waiting += commands.llen(keys.jobs()) + commands.llen(keys.inflight());
    }
    return waiting;
  }

  /** When what is written is forced to disk: {@code always} or {@code everysec}. */
  public void appendFsync(String policy) {
    commands().configSet("appendfsync", policy);
  }

  /** The current {@link #appendFsync} policy. */
  public String appendFsync() {
    return commands().configGet("appendfsync").getOrDefault("appendfsync", "");
  }

  /** Bytes that Redis has allocated. */
  public long usedMemory() {
    return Long.parseLong(info("memory", "used_memory"));
  }

  String version() {
    return info("server", "redis_version");
  }

  private String info(String section, String field) {
    return commands()
        .info(section)
        .lines()
        .filter(line -> line.startsWith(field + ":"))
        .map(line -> line.substring(field.length() + 1).strip())
        .findFirst()
        .orElseThrow();
  }

  @Override
  public void close() {
    connection.close();
    client.shutdown();
  }
}
