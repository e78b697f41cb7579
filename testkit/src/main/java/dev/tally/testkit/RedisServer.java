package dev.tally.testkit;

import io.lettuce.core.LettuceFutures;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.lettuce.core.api.sync.RedisCommands;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Gives tests and benchmarks direct access to Redis: to prepare data and to measure limits. */
public final class RedisServer implements AutoCloseable {

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

  /** The URL of this server. */
  public URI url() {
    return url;
  }

  void requireEmpty() {
    if (commands().dbsize() > 0) {
      throw new IllegalStateException(
          "Redis has keys: the benchmarks need a Redis of their own, and delete its data");
    }
  }

  void wipe() {
    commands().flushall();
  }

  /** Sets one field of hashes. */
  public void putAll(String field, Map<String, String> values) {
    pipeline(
        values.entrySet().stream()
            .map(entry -> redis -> redis.hset(entry.getKey(), field, entry.getValue())));
  }

  /** A command that is sent without waiting for its answer. */
  @FunctionalInterface
  public interface Command {

    /** Sends the command. */
    RedisFuture<?> send(RedisAsyncCommands<String, String> redis);
  }

  /** Sends commands in order, {@value #PIPELINE} at a time. Fails if one of them fails. */
  public void pipeline(Stream<Command> commands) {
    List<RedisFuture<?>> sent = new ArrayList<>();
    commands.forEach(
        command -> {
          sent.add(command.send(connection.async()));
          if (sent.size() == PIPELINE) {
            await(sent);
          }
        });
    await(sent);
  }

  private void await(List<RedisFuture<?>> sent) {
    if (!LettuceFutures.awaitAll(connection.getTimeout(), sent.toArray(RedisFuture[]::new))) {
      throw new IllegalStateException("Redis did not answer in " + connection.getTimeout());
    }
    sent.clear();
  }

  /** Sets when Redis forces writes to disk: {@code always} or {@code everysec}. */
  public void appendFsync(String policy) {
    commands().configSet("appendfsync", policy);
  }

  /** The current {@link #appendFsync} policy. */
  public String appendFsync() {
    return commands().configGet("appendfsync").getOrDefault("appendfsync", "");
  }

  /** Sets how many bytes Redis may use; 0 is no limit. */
  void maxMemory(long bytes) {
    commands().configSet("maxmemory", Long.toString(bytes));
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
