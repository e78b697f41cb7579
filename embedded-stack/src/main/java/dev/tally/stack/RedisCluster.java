package dev.tally.stack;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
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
      ask(
          nodes.get(i),
          "CLUSTER ADDSLOTS "
              + IntStream.range(from, to)
                  .mapToObj(Integer::toString)
                  .collect(Collectors.joining(" ")));
      ask(nodes.getFirst(), "CLUSTER MEET 127.0.0.1 " + nodes.get(i).port());
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
    List<String> info = ask(node, "CLUSTER INFO");
    return info.contains("cluster_state:ok") && info.contains("cluster_size:" + nodes.size());
  }

  private static List<String> ask(Server node, String command) {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), node.port())) {
      socket.setSoTimeout(10_000);
      socket
          .getOutputStream()
          .write((command + "\r\nQUIT\r\n").getBytes(StandardCharsets.US_ASCII));
      List<String> lines =
          new BufferedReader(
                  new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII))
              .lines()
              .toList();
      if (lines.isEmpty() || lines.getFirst().startsWith("-")) {
        throw new StackException(
            "Redis on port %d refused a cluster command: %s".formatted(node.port(), lines));
      }
      return lines;
    } catch (IOException e) {
      throw new StackException("Redis on port %d does not answer: %s".formatted(node.port(), e), e);
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
