package dev.tally.stack;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;

/**
 * Running servers that end with this process, even if it is killed. The data folder is locked until
 * {@link #close}.
 */
public final class EmbeddedStack implements AutoCloseable {

  private final DataFolder data;
  private final Map<ServerKind, Server> servers = new EnumMap<>(ServerKind.class);

  private EmbeddedStack(DataFolder data) {
    this.data = data;
  }

  /**
   * The same as {@link #start(StackOptions, Consumer)}, without a listener.
   *
   * @throws StackException if a server does not start, a port is taken, or another stack has locked
   *     the data folder
   */
  public static EmbeddedStack start(StackOptions options) {
    return start(options, _ -> {});
  }

  /**
   * Starts all servers at once, and returns when every server answers. If one fails, all are
   * stopped.
   *
   * <p>If an earlier stack in the same data folder was killed, its servers take a moment to end.
   * This method waits for that first.
   *
   * @param up gets each server as soon as it answers, on the thread that started it
   * @throws StackException if a server does not start, a port is taken, or another stack has locked
   *     the data folder
   */
  public static EmbeddedStack start(StackOptions options, Consumer<Server> up) {
    EmbeddedStack stack = new EmbeddedStack(DataFolder.take(options.data()));
    try {
      stack.addAll(options.ports());
      // These run before any start, so that a taken port fails at once.
      stack.each(Server::awaitEarlier);
      stack.each(Server::requireFreePort);
      stack.each(
          server -> {
            server.start();
            up.accept(server);
          });
    } catch (RuntimeException | Error e) {
      try {
        stack.close();
      } catch (StackException suppressed) {
        e.addSuppressed(suppressed);
      }
      throw e;
    }
    return stack;
  }

  private void addAll(Map<ServerKind, Integer> ports) {
    Set<Integer> taken = new HashSet<>(ports.values());
    ports.forEach(
        (kind, wanted) -> {
          int port = wanted == 0 ? Ports.choose(taken) : wanted;
          taken.add(port);
          servers.put(
              kind,
              new Server(kind, data.path().resolve(kind.name().toLowerCase(Locale.ROOT)), port));
        });
  }

  /** Runs an action on all servers at once, and throws the first failure when all have ended. */
  private void each(Consumer<Server> action) {
    List<Future<?>> results = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      servers.values().forEach(server -> results.add(threads.submit(() -> action.accept(server))));
    }
    List<Throwable> failures = new ArrayList<>();
    for (Future<?> result : results) {
      try {
        result.get();
      } catch (ExecutionException e) {
        failures.add(e.getCause() == null ? e : e.getCause());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        failures.add(e);
      }
    }
    if (failures.isEmpty()) {
      return;
    }
    Throwable first = failures.removeFirst();
    StackException thrown =
        first instanceof StackException known ? known : new StackException(first.toString(), first);
    failures.forEach(thrown::addSuppressed);
    throw thrown;
  }

  /**
   * A server of the stack. It runs, unless the caller has stopped or killed it.
   *
   * @throws IllegalArgumentException if the options do not have it
   */
  public Server server(ServerKind kind) {
    Server server = servers.get(kind);
    if (server == null) {
      throw new IllegalArgumentException("the options do not start " + kind.title());
    }
    return server;
  }

  /** The same as {@code server(MARIADB)}. */
  public Server mariaDb() {
    return server(ServerKind.MARIADB);
  }

  /** The same as {@code server(REDIS)}. */
  public Server redis() {
    return server(ServerKind.REDIS);
  }

  /** The same as {@code server(ELASTICSEARCH)}. */
  public Server elasticsearch() {
    return server(ServerKind.ELASTICSEARCH);
  }

  /**
   * Stops every server, waits until all have ended, and unlocks the data folder. A second call
   * changes nothing.
   *
   * @throws StackException if a server does not end, even after SIGKILL
   */
  @Override
  public void close() {
    try {
      each(Server::stop);
    } finally {
      data.close();
    }
  }
}
