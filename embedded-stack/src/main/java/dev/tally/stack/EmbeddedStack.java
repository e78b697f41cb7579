package dev.tally.stack;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/**
 * Running servers that end with this process, in whatever way it ends. The data folder is locked
 * until {@link #close}.
 */
public final class EmbeddedStack implements AutoCloseable {

  private final FileChannel lock;
  private final Map<ServerKind, Server> servers;

  private EmbeddedStack(FileChannel lock, Map<ServerKind, Server> servers) {
    this.lock = lock;
    this.servers = servers;
  }

  /**
   * Starts servers, all at once, and returns when every one of them answers. If one fails, none is
   * left running.
   *
   * @throws StackException if a server does not start, a port is taken, or the data folder is
   *     another stack's
   */
  public static EmbeddedStack start(StackOptions options) {
    FileChannel lock = lock(options.data());
    Map<ServerKind, Server> servers = new EnumMap<>(ServerKind.class);
    EmbeddedStack stack = new EmbeddedStack(lock, servers);
    try {
      options
          .ports()
          .forEach(
              (kind, port) ->
                  servers.put(
                      kind,
                      new Server(
                          kind,
                          options.data().resolve(kind.name().toLowerCase(Locale.ROOT)),
                          port)));
      stack.startAll();
    } catch (RuntimeException e) {
      stack.close();
      throw e;
    }
    return stack;
  }

  private void startAll() {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      CompletableFuture.allOf(
              servers.values().stream()
                  .map(server -> CompletableFuture.runAsync(server::start, threads))
                  .toArray(CompletableFuture[]::new))
          .join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof StackException cause) {
        throw cause;
      }
      throw e;
    }
  }

  /**
   * A running server.
   *
   * @throws IllegalArgumentException if the options left it out
   */
  public Server server(ServerKind kind) {
    Server server = servers.get(kind);
    if (server == null) {
      throw new IllegalArgumentException(kind.title() + " was not to be started");
    }
    return server;
  }

  public Server mariaDb() {
    return server(ServerKind.MARIADB);
  }

  public Server redis() {
    return server(ServerKind.REDIS);
  }

  public Server elasticsearch() {
    return server(ServerKind.ELASTICSEARCH);
  }

  /** Stops every server, returns when all are gone, and gives the data folder free. */
  @Override
  public void close() {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      servers.values().forEach(server -> threads.execute(server::stop));
    }
    try {
      lock.close();
    } catch (IOException e) {
      throw new StackException("the data folder's lock could not be given free", e);
    }
  }

  private static FileChannel lock(Path data) {
    FileChannel channel = null;
    try {
      Files.createDirectories(data);
      channel =
          FileChannel.open(
              data.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      @Nullable FileLock lock = channel.tryLock();
      if (lock != null) {
        return channel;
      }
      channel.close();
    } catch (OverlappingFileLockException e) {
      // this very process holds it: the same answer
    } catch (IOException e) {
      throw new StackException("the data folder " + data + " cannot be used", e);
    }
    throw new StackException(
        "the data folder %s belongs to a stack that is running. Stop that one, or choose another folder."
            .formatted(data));
  }
}
