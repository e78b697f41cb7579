package dev.tally.common.redis;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.data.redis.autoconfigure.DataRedisConnectionDetails;
import org.springframework.boot.ssl.SslBundle;

/**
 * Points the client at a Redis Cluster.
 *
 * @param nodes some nodes of the cluster, each {@code host:port}; the client learns the others from
 *     them
 * @param url a Redis URL whose user, password and scheme ({@code redis} or {@code rediss}) hold for
 *     every node
 */
record ClusterConnectionDetails(List<Node> nodes, URI url) implements DataRedisConnectionDetails {

  /**
   * Reads configuration.
   *
   * @throws IllegalArgumentException if a node is not {@code host:port}, or the URL is invalid
   */
  static ClusterConnectionDetails of(String nodes, String url) {
    return new ClusterConnectionDetails(
        Arrays.stream(nodes.split(","))
            .map(String::strip)
            .map(ClusterConnectionDetails::node)
            .toList(),
        uri(url));
  }

  private static URI uri(String url) {
    try {
      return new URI(url);
    } catch (URISyntaxException e) {
      // The message does not quote the URL, which may have a password.
      throw new IllegalArgumentException("TALLY_REDIS_URL is not a URL");
    }
  }

  private static Node node(String text) {
    try {
      URI uri = new URI("redis://" + text);
      if (uri.getHost() != null && uri.getPort() >= 0) {
        return new Node(uri.getHost(), uri.getPort());
      }
    } catch (URISyntaxException e) {
      // Throws the same exception as for a URI without host or port.
    }
    throw new IllegalArgumentException(
        "TALLY_REDIS_CLUSTER_NODES must be host:port,host:port,…, but has '" + text + "'");
  }

  @Override
  public Cluster getCluster() {
    return this::nodes;
  }

  @Override
  public @Nullable String getUsername() {
    String userInfo = userInfo();
    int colon = userInfo.indexOf(':');
    return colon > 0 ? userInfo.substring(0, colon) : null;
  }

  /** User info without a colon is a password; Spring Boot reads the URL of one server so, too. */
  @Override
  public @Nullable String getPassword() {
    String userInfo = userInfo();
    return userInfo.isEmpty() ? null : userInfo.substring(userInfo.indexOf(':') + 1);
  }

  @Override
  public @Nullable SslBundle getSslBundle() {
    return "rediss".equals(url.getScheme()) ? SslBundle.systemDefault() : null;
  }

  private String userInfo() {
    return Objects.requireNonNullElse(url.getUserInfo(), "");
  }
}
