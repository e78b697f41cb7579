package dev.tally.common.redis.topology;

import java.net.URI;
import java.util.List;

/**
 * Points the client at a Redis Cluster.
 *
 * @param nodes some nodes of the cluster, each {@code host:port}; the client learns the others from
 *     them
 */
record ClusterConnectionDetails(List<Node> nodes, URI url) implements NodesConnectionDetails {

  /**
   * Reads configuration.
   *
   * @throws IllegalArgumentException if a node is not {@code host:port}, or the URL is invalid
   */
  static ClusterConnectionDetails of(String nodes, String url) {
    return new ClusterConnectionDetails(
        NodesConnectionDetails.nodes("TALLY_REDIS_CLUSTER_NODES", nodes),
        NodesConnectionDetails.uri(url));
  }

  @Override
  public Cluster getCluster() {
    return this::nodes;
  }
}
