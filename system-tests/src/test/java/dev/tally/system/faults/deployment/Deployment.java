package dev.tally.system.faults.deployment;

import dev.tally.stack.Ports;
import dev.tally.stack.ReplicatedRedis;
import dev.tally.stack.Server;
import dev.tally.stack.ServerKind;
import dev.tally.testkit.Service;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;

/**
 * Tally as in production: several gateways, workers and APIs, each in a process of its own, on
 * servers of their own. Every connection from a service to a server goes through a {@link Proxy}. A
 * test may kill, freeze or cut off any part, and start it again at its old address.
 *
 * <pre>{@code
 * try (Deployment deployment = Deployment.start(Deployment.Options.of(2, 2, 1))) {
 *   deployment.worker(0).link(ServerKind.MARIADB).cut();
 *   deployment.server(ServerKind.REDIS).kill();
 *   deployment.heal();
 * }
 * }</pre>
 *
 * <p>All its processes end with this JVM, even if the JVM is killed.
 */
public final class Deployment implements AutoCloseable {

  /**
   * The services to start.
   *
   * @param replicatesRedis whether Redis has a replica, and Sentinels that promote it. Then no
   *     proxy is between the services and Redis, because they ask the Sentinels for its address.
   * @param settings for every service, environment variables or Spring properties by name
   */
  public record Options(
      int gateways, int workers, int apis, boolean replicatesRedis, Map<String, String> settings) {

    public Options {
      settings = Map.copyOf(settings);
    }

    /** Options with leases of two seconds, so that another worker soon replaces a dead one. */
    public static Options of(int gateways, int workers, int apis) {
      return new Options(
          gateways, workers, apis, false, Map.of("tally.worker.lease.duration", "2s"));
    }

    /** The same options with a replica of Redis. */
    public Options withReplicatedRedis() {
      return new Options(gateways, workers, apis, true, settings);
    }

    /** The same options with one setting added or changed. */
    public Options with(String name, String value) {
      Map<String, String> changed = new LinkedHashMap<>(settings);
      changed.put(name, value);
      return new Options(gateways, workers, apis, replicatesRedis, changed);
    }
  }

  private final Path folder;
  private final BackingServers servers;
  private final boolean replicatesRedis;
  private final Set<Integer> ports = new HashSet<>();
  private final List<LinkedService> services = new ArrayList<>();
  private final List<Proxy> links = new ArrayList<>();
  private boolean keptLogs;

  private Deployment(Path folder, BackingServers servers, boolean replicatesRedis) {
    this.folder = folder;
    this.servers = servers;
    this.replicatesRedis = replicatesRedis;
    servers.all().forEach(server -> ports.add(server.port()));
  }

  /** Starts everything in a new folder, and returns when every service is ready. */
  public static Deployment start(Options options) {
    Path folder;
    try {
      folder = Files.createTempDirectory("tally-faults");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    BackingServers servers = BackingServers.start(folder, options.replicatesRedis());
    Deployment deployment = new Deployment(folder, servers, options.replicatesRedis());
    try {
      deployment.add(LinkedService.Kind.WORKER, options.workers(), options.settings());
      deployment.add(LinkedService.Kind.API, options.apis(), options.settings());
      deployment.add(LinkedService.Kind.GATEWAY, options.gateways(), options.settings());
      deployment.each(LinkedService::start);
      deployment.awaitReady();
    } catch (RuntimeException | Error e) {
      deployment.close();
      throw e;
    }
    return deployment;
  }

  private void add(LinkedService.Kind kind, int count, Map<String, String> settings) {
    for (int i = 1; i <= count; i++) {
      Map<ServerKind, Proxy> ofService = new EnumMap<>(ServerKind.class);
      for (ServerKind server : kind.uses()) {
        if (servers.isAtOneAddress(server)) {
          ofService.put(server, new Proxy(choosePort(), server(server).port()));
        }
      }
      links.addAll(ofService.values());
      int port = choosePort();
      Map<ServerKind, Integer> addresses = new EnumMap<>(ServerKind.class);
      ofService.forEach((server, proxy) -> addresses.put(server, proxy.port()));
      List<String> arguments = servers.arguments(addresses);
      arguments.add("--server.address=127.0.0.1");
      arguments.add("--server.port=" + port);
      arguments.add(Service.ONE_PORT);
      settings.forEach((name, value) -> arguments.add("--" + name + "=" + value));
      String name = kind.title() + "-" + i;
      services.add(
          new LinkedService(
              kind, name, port, folder.resolve(name), Map.copyOf(ofService), arguments));
    }
  }

  private int choosePort() {
    int port = Ports.choose(ports);
    ports.add(port);
    return port;
  }

  /**
   * A server, which a test may kill, freeze or start; of a replicated Redis the present primary. A
   * connection to its own port bypasses the proxies, so no fault of a link breaks it.
   */
  public Server server(ServerKind kind) {
    return servers.server(kind);
  }

  /** Whether Redis has a replica. */
  public boolean replicatesRedis() {
    return replicatesRedis;
  }

  /**
   * The primary, the replica and the Sentinels, each of which a test may kill, freeze or start.
   *
   * @throws IllegalStateException if Redis has no replica
   */
  public ReplicatedRedis replicatedRedis() {
    return servers.replicatedRedis();
  }

  /** Keeps Redis' replica from its primary until faults are ended. */
  public void cutReplica(Server replica) {
    ReplicaLink.cut(replica);
  }

  /** All services, in any order. */
  public List<LinkedService> services() {
    return List.copyOf(services);
  }

  /** All services of a kind. */
  public List<LinkedService> services(LinkedService.Kind kind) {
    return services.stream().filter(service -> service.kind() == kind).toList();
  }

  /** A gateway; the first is 0. */
  public LinkedService gateway(int index) {
    return services(LinkedService.Kind.GATEWAY).get(index);
  }

  /** A worker; the first is 0. */
  public LinkedService worker(int index) {
    return services(LinkedService.Kind.WORKER).get(index);
  }

  /** An API; the first is 0. */
  public LinkedService api(int index) {
    return services(LinkedService.Kind.API).get(index);
  }

  /** The links from all services of a kind to a server. */
  public List<Proxy> links(LinkedService.Kind kind, ServerKind server) {
    return services(kind).stream().map(service -> service.link(server)).toList();
  }

  /**
   * Configuration that points at the servers directly, without proxies, as {@code --name=value}
   * arguments.
   */
  public List<String> directArguments() {
    Map<ServerKind, Integer> own = new EnumMap<>(ServerKind.class);
    for (ServerKind server : ServerKind.values()) {
      if (servers.isAtOneAddress(server)) {
        own.put(server, server(server).port());
      }
    }
    return servers.arguments(own);
  }

  /** Makes Redis refuse every command that could need memory, until faults are ended. */
  public void fillRedisMemory() {
    RedisMemory.limit(server(ServerKind.REDIS), "1");
  }

  /** Makes each row of a chat or a message take this long to insert, until faults are ended. */
  public void slowDownInserts(Duration eachRow) {
    SlowInserts.begin(server(ServerKind.MARIADB), eachRow);
  }

  /** Ends every fault, and returns when every service is ready. */
  public void heal() {
    restore();
    awaitReady();
  }

  /**
   * Ends every fault: thaws and starts all processes, and lets all links pass. Returns when the
   * servers answer; some services may still be starting or reconnecting.
   *
   * @throws AssertionError if a service ended by itself, because no fault excuses that
   */
  public void restore() {
    for (LinkedService service : services) {
      if (service.hasEndedByItself()) {
        throw new AssertionError("%s has ended by itself%n%s".formatted(service, service.tail()));
      }
    }
    links.forEach(Proxy::pass);
    services.stream().filter(service -> !service.isRunning()).forEach(LinkedService::start);
    servers.restore();
    services.forEach(LinkedService::thaw);
  }

  /** Returns when every service is ready, and a replica of Redis has what its primary has. */
  public void awaitReady() {
    servers.awaitReplicas();
    each(LinkedService::awaitReady);
  }

  /** Runs an action for all services at once, and throws the first failure. */
  private void each(Consumer<LinkedService> action) {
    List<Future<?>> results = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      services.forEach(service -> results.add(threads.submit(() -> action.accept(service))));
    }
    for (Future<?> result : results) {
      try {
        result.get();
      } catch (ExecutionException e) {
        switch (e.getCause()) {
          case RuntimeException thrown -> throw thrown;
          case Error thrown -> throw thrown;
          case null, default -> throw new IllegalStateException(e);
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException(e);
      }
    }
  }

  /**
   * Keeps the folder with all logs after {@link #close}, so that people can find out what went
   * wrong.
   *
   * @return the folder; a service's log is {@code <name>/service.log}, a server's {@code
   *     servers/<kind>/server.log}
   */
  public Path keepLogs() {
    keptLogs = true;
    return folder;
  }

  /** Kills everything, and deletes the folder unless {@link #keepLogs} was called. */
  @Override
  public void close() {
    each(LinkedService::kill);
    links.forEach(Proxy::close);
    servers.close();
    if (keptLogs) {
      return;
    }
    try (var files = Files.walk(folder)) {
      files.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
    } catch (IOException e) {
      System.err.println("could not delete " + folder + ": " + e);
    }
  }
}
