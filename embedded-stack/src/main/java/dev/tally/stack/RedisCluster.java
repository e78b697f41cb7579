package dev.tally.stack;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A Redis Cluster of a few nodes that end with this process, even if it is killed. Each node is a
 * master with its share of the slots. No node has a replica, so no other node serves the slots of a
 * stopped one.
 */
public final class RedisCluster implements AutoCloseable {

  private static final int SLOTS = 16_384;

  /** The port for other nodes is the port for clients plus this number. */
  private static final int BUS_OFFSET = 10_000;

  private static final Duration AGREEMENT_PATIENCE = Duration.ofSeconds(30);

  private final DataFolder data;
  private final List<Server> nodes = new ArrayList<>();

  private RedisCluster(DataFolder data) {
    this.data = data;
  }

  /**
   * Starts a new cluster, and returns when all nodes agree on the slots.
   *
   * @param folder the nodes' data folder, without data of another cluster
   * @param count the number of nodes, at least three
   * @throws StackException if a node does not start or the nodes do not agree
   */
  public static RedisCluster start(Path folder, int count) {
    RedisCluster cluster = new RedisCluster(DataFolder.take(folder));
    try {
      Set<Integer> taken = new HashSet<>();
      for (int i = 0; i < count; i++) {
        int port = choosePort(taken);
        Redis program =
            new Redis(List.of("--cluster-enabled", "yes", "--cluster-node-timeout", "2000"));
        Server node =
            new Server(ServerKind.REDIS, program, cluster.data.path().resolve("node-" + i), port);
        cluster.nodes.add(node);
        node.start();
      }
      cluster.assignSlots();
      cluster.awaitAgreement();
    } catch (RuntimeException | Error e) {
      cluster.close();
      throw e;
    }
    return cluster;
  }

  private static int choosePort(Set<Integer> taken) {
    int port = Ports.choose(taken);
    while (!Ports.isFree(port + BUS_OFFSET)) {
      taken.add(port);
      port = Ports.choose(taken);
    }
    taken.add(port);
    return port;
  }

  private void assignSlots() {
    for (int i = 0; i < nodes.size(); i++) {
      int from = SLOTS * i / nodes.size();
      int to = SLOTS * (i + 1) / nodes.size();
      RedisAnswer.of(
          nodes.get(i),
          "CLUSTER ADDSLOTS "
              + IntStream.range(from, to)
                  .mapToObj(Integer::toString)
                  .collect(Collectors.joining(" ")));
      RedisAnswer.of(nodes.getFirst(), "CLUSTER MEET 127.0.0.1 " + nodes.get(i).port());
    }
  }

  private void awaitAgreement() {
    long deadline = System.nanoTime() + AGREEMENT_PATIENCE.toNanos();
    while (!nodes.stream().allMatch(this::seesAll)) {
      if (System.nanoTime() > deadline) {
        throw new StackException("the nodes of the Redis Cluster do not agree on the slots");
      }
      try {
        Thread.sleep(50);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new StackException("interrupted before the nodes of the Redis Cluster agreed", e);
      }
    }
  }

  private boolean seesAll(Server node) {
    List<String> info = RedisAnswer.of(node, "CLUSTER INFO");
    return info.contains("cluster_state:ok") && info.contains("cluster_size:" + nodes.size());
  }

  /**
   * Begins to move the slot of a key to another node, and moves no key yet. Until the move ends,
   * the cluster refuses a command with several keys of the slot if its nodes have some of them
   * each, or if some of them do not exist.
   */
  public SlotMove beginMove(String key) {
    String slot =
        RedisAnswer.of(nodes.getFirst(), "CLUSTER KEYSLOT " + key).getFirst().substring(1);
    Server from = holder(key);
    Server to = nodes.get((nodes.indexOf(from) + 1) % nodes.size());
    RedisAnswer.of(to, "CLUSTER SETSLOT %s IMPORTING %s".formatted(slot, id(from)));
    RedisAnswer.of(from, "CLUSTER SETSLOT %s MIGRATING %s".formatted(slot, id(to)));
    return new SlotMove(slot, from, to);
  }

  private Server holder(String key) {
    return nodes.stream()
        .filter(node -> serves(node, key))
        .findFirst()
        .orElseThrow(() -> new StackException("no node of the Redis Cluster holds " + key));
  }

  private static boolean serves(Server node, String key) {
    // A node refuses a command whose keys another node holds.
    return !RedisAnswer.raw(node, "EXISTS " + key).getFirst().startsWith("-MOVED");
  }

  private static String id(Server node) {
    // The length of the id comes first.
    return RedisAnswer.of(node, "CLUSTER MYID").get(1);
  }

  /** A slot on its way from one node to another. */
  public final class SlotMove {

    private static final int KEYS = 100;

    private final String slot;
    private final Server from;
    private final Server to;

    private SlotMove(String slot, Server from, Server to) {
      this.slot = slot;
      this.from = from;
      this.to = to;
    }

    /** The node that gets the slot. */
    public Server target() {
      return to;
    }

    /** Moves one key. */
    public void move(String key) {
      RedisAnswer.of(from, "MIGRATE 127.0.0.1 %d %s 0 5000".formatted(to.port(), key));
    }

    /** Moves the other keys, and gives the slot to the target. */
    public void end() {
      List<String> keys = keys();
      while (!keys.isEmpty()) {
        keys.forEach(this::move);
        keys = keys();
      }
      String given = "CLUSTER SETSLOT %s NODE %s".formatted(slot, id(to));
      RedisAnswer.of(to, given);
      nodes.forEach(node -> RedisAnswer.of(node, given));
    }

    private List<String> keys() {
      List<String> answer =
          RedisAnswer.of(from, "CLUSTER GETKEYSINSLOT %s %d".formatted(slot, KEYS));
      // The count of keys comes first, and each key's length before the key.
      return IntStream.iterate(2, i -> i < answer.size(), i -> i + 2)
          .mapToObj(answer::get)
          .toList();
    }
  }

  /** The nodes. Callers can kill, freeze and start them. */
  public List<Server> nodes() {
    return List.copyOf(nodes);
  }

  /** The addresses that clients connect to: {@code host:port,host:port,…}. */
  public String addresses() {
    return nodes.stream().map(node -> "127.0.0.1:" + node.port()).collect(Collectors.joining(","));
  }

  /** Stops every node, and unlocks the folder. A second call changes nothing. */
  @Override
  public void close() {
    try {
      nodes.forEach(Server::stop);
    } finally {
      data.close();
    }
  }
}
