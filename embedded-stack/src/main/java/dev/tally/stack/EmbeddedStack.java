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
 * Running servers that end with this process, in whatever way it ends. The data folder is locked
 * until {@link #close}.
 */
public final class EmbeddedStack implements AutoCloseable {

  private final DataFolder data;
  private final Map<ServerKind, Server> servers = new EnumMap<>(ServerKind.class);

  private EmbeddedStack(DataFolder data) {
    this.data = data;
  }

  /**
   * The same as {@link #start(StackOptions, Consumer)}, for whoever does not ask how far it is.
   *
   * @throws StackException if a server does not start, a port is taken, or the data folder is
   *     another stack's
   */
  public static EmbeddedStack start(StackOptions options) {
    return start(options, _ -> {});
  }

  /**
   * Starts servers, all at once, and returns when every one of them answers. If one fails, none is
   * left running.
   *
   * <p>Servers that an earlier stack has left in the same data folder, because its process was
   * killed, are waited for: they are about to end.
   *
   * @param up is told of each server as soon as it answers, by whatever thread
   * @throws StackException if a server does not start, a port is taken, or the data folder is
   *     another stack's
   */
  public static EmbeddedStack start(StackOptions options, Consumer<Server> up) {
    EmbeddedStack stack = new EmbeddedStack(DataFolder.take(options.data()));
    try {
      stack.addAll(options.ports());
      // before any is started, so that a port that is taken costs nobody the time
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

  /** Does something with all servers at once. What fails first is thrown when all are done. */
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
   * A server, running unless somebody has stopped it.
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
   * Stops every server, returns when all are gone, and gives the data folder free. Done again it
   * changes nothing.
   *
   * @throws StackException if a server does not end, not even by SIGKILL
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
