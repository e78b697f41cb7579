package dev.tally.stack;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;

/**
 * A primary of Redis, its replicas, and three Sentinels that make a replica the primary if the
 * primary is away for three seconds, which is more than a starved one is. All end with this
 * process, even if it is killed.
 *
 * <p>A former primary that comes back is still a primary for some ten seconds, until the Sentinels
 * have noticed it and make it a replica.
 */
public final class ReplicatedRedis implements AutoCloseable {

  private static final String MASTER = "tally";
  private static final int WATCHERS = 3;
  private static final int QUORUM = 2;

  /** Longer than the 30 seconds that a Sentinel does nothing for after it was starved itself. */
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private static final Duration ANSWER = Duration.ofSeconds(1);

  private final DataFolder data;
  private final Set<Integer> taken = new HashSet<>();
  private final List<Server> servers = new ArrayList<>();
  private final List<Server> watchers = new ArrayList<>();

  private ReplicatedRedis(DataFolder data) {
    this.data = data;
  }

  /**
   * Starts a new group. Returns when the replicas are in sync, and the Sentinels know each other
   * and all servers.
   *
   * @param folder the group's data folder, without data of another group
   * @param replicas the number of replicas, at least one
   * @throws StackException if a process does not start or they do not agree
   */
  public static ReplicatedRedis start(Path folder, int replicas) {
    ReplicatedRedis group = new ReplicatedRedis(DataFolder.take(folder));
    try {
      group.startServers(replicas);
      group.startWatchers();
    } catch (RuntimeException | Error e) {
      group.close();
      throw e;
    }
    return group;
  }

  private void startServers(int replicas) {
    // A newer Redis waits for some seconds for other replicas before it sends its data to the
    // first.
    List<String> common = List.of("repl-diskless-sync-delay 0");
    add(servers, "Redis", "server-0", choosePort(), new ConfiguredRedis(common));
    Server first = servers.getFirst();
    List<String> replica = new ArrayList<>(common);
    replica.add("replicaof 127.0.0.1 " + first.port());
    for (int i = 1; i <= replicas; i++) {
      add(servers, "Redis", "server-" + i, choosePort(), new ConfiguredRedis(replica));
    }
    await("the replicas are not in sync", () -> areInSync(first));
  }

  private void startWatchers() {
    List<String> settings =
        List.of(
            "sentinel monitor %s 127.0.0.1 %d %d"
                .formatted(MASTER, servers.getFirst().port(), QUORUM),
            "sentinel down-after-milliseconds " + MASTER + " 3000",
            "sentinel failover-timeout " + MASTER + " 5000");
    for (int i = 0; i < WATCHERS; i++) {
      int port = choosePort();
      add(watchers, "Redis Sentinel", "sentinel-" + i, port, new Sentinel(port, settings));
    }
    await(
        "the Sentinels do not know each other and all servers",
        () -> watchers.stream().allMatch(this::knowsAll));
  }

  private int choosePort() {
    int port = Ports.choose(taken);
    taken.add(port);
    return port;
  }

  private void add(List<Server> group, String title, String folder, int port, Program program) {
    Server server = new Server(ServerKind.REDIS, title, program, data.path().resolve(folder), port);
    group.add(server);
    server.start();
  }

  private boolean knowsAll(Server watcher) {
    List<String> answer = RedisAnswer.of(watcher, "SENTINEL MASTER " + MASTER);
    return value(answer, "flags").equals("master")
        && value(answer, "num-other-sentinels").equals(Integer.toString(WATCHERS - 1))
        && value(answer, "num-slaves").equals(Integer.toString(servers.size() - 1));
  }

  /** The line after a field's name has the length of the value. */
  private static String value(List<String> answer, String field) {
    return answer.get(answer.indexOf(field) + 2);
  }

  /** The group's name, which clients tell the Sentinels. */
  public String master() {
    return MASTER;
  }

  /** The addresses of the Sentinels: {@code host:port,host:port,…}. */
  public String sentinels() {
    return watchers.stream()
        .map(watcher -> "127.0.0.1:" + watcher.port())
        .collect(Collectors.joining(","));
  }

  /** The servers. Callers can kill, freeze and start them. The first one began as the primary. */
  public List<Server> servers() {
    return List.copyOf(servers);
  }

  /** The Sentinels' processes. Callers can kill, freeze and start them. */
  public List<Server> watchers() {
    return List.copyOf(watchers);
  }

  /**
   * The server that most of the running Sentinels name as the primary now. It may have failed
   * without their notice.
   *
   * @throws StackException if they do not agree within a minute
   */
  public Server primary() {
    List<Server> named = new ArrayList<>();
    await("the Sentinels do not agree on the primary", () -> named().map(named::add).isPresent());
    return named.getFirst();
  }

  private Optional<Server> named() {
    Map<Integer, Integer> votes = new HashMap<>();
    List<Server> running = watchers.stream().filter(Server::isRunning).toList();
    for (Server watcher : running) {
      lines(watcher, "SENTINEL GET-MASTER-ADDR-BY-NAME " + MASTER)
          .ifPresent(answer -> votes.merge(Integer.valueOf(answer.getLast()), 1, Integer::sum));
    }
    return servers.stream()
        .filter(server -> votes.getOrDefault(server.port(), 0) * 2 > running.size())
        .findFirst();
  }

  /** The servers that are not the primary, whether they run or not. */
  public List<Server> replicas() {
    Server primary = primary();
    return servers.stream().filter(server -> server != primary).toList();
  }

  /**
   * Returns when every running server but the primary is the primary's replica and has what the
   * primary had at this call.
   *
   * @throws StackException if that is not so within a minute
   */
  public void awaitReplicas() {
    await(
        "not every server is a replica in sync", () -> named().filter(this::areInSync).isPresent());
  }

  private boolean areInSync(Server primary) {
    Optional<Long> offset = lines(primary, "INFO replication").flatMap(ReplicatedRedis::offset);
    return offset.isPresent()
        && servers.stream()
            .filter(server -> server != primary && server.isRunning())
            .allMatch(server -> follows(server, primary, offset.get()));
  }

  private static Optional<Long> offset(List<String> primary) {
    return primary.contains("role:master")
        ? Optional.of(Long.valueOf(field(primary, "master_repl_offset")))
        : Optional.empty();
  }

  private static boolean follows(Server server, Server primary, long offset) {
    Optional<List<String>> answer = lines(server, "INFO replication");
    return answer.isPresent()
        && answer
            .get()
            .containsAll(
                List.of("role:slave", "master_port:" + primary.port(), "master_link_status:up"))
        && Long.parseLong(field(answer.get(), "slave_repl_offset")) >= offset;
  }

  private static String field(Collection<String> info, String name) {
    return info.stream()
        .filter(line -> line.startsWith(name + ":"))
        .map(line -> line.substring(name.length() + 1))
        .findFirst()
        .orElseThrow(() -> new StackException("Redis does not tell its " + name));
  }

  /** Empty if the server does not answer, or refuses the command. */
  private static Optional<List<String>> lines(Server server, String command) {
    try {
      return Optional.of(RedisAnswer.lines(server, command, ANSWER))
          .filter(lines -> lines.size() > 1);
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private static void await(String complaint, BooleanSupplier condition) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        throw new StackException(complaint);
      }
      try {
        Thread.sleep(50);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new StackException("interrupted while " + complaint, e);
      }
    }
  }

  /** Stops every process, and unlocks the folder. A second call changes nothing. */
  @Override
  public void close() {
    try {
      // The Sentinels end first, or they would replace servers that are about to end.
      watchers.forEach(Server::stop);
      servers.forEach(Server::stop);
    } finally {
      data.close();
    }
  }
}
