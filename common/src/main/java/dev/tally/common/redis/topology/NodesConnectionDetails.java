package dev.tally.common.redis.topology;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.data.redis.autoconfigure.DataRedisConnectionDetails;
import org.springframework.boot.ssl.SslBundle;

/** Points the client at several processes, which share what a URL says beside its address. */
sealed interface NodesConnectionDetails extends DataRedisConnectionDetails
    permits ClusterConnectionDetails, SentinelConnectionDetails {

  /**
   * A Redis URL whose user, password and scheme ({@code redis} or {@code rediss}) hold for every
   * server.
   */
  URI url();

  /**
   * Reads addresses.
   *
   * @param variable the environment variable that has them
   * @param text {@code host:port,host:port,…}
   * @throws IllegalArgumentException if one is not {@code host:port}
   */
  static List<Node> nodes(String variable, String text) {
    return Arrays.stream(text.split(","))
        .map(String::strip)
        .map(node -> node(variable, node))
        .toList();
  }

  private static Node node(String variable, String text) {
    try {
      URI uri = new URI("redis://" + text);
      if (uri.getHost() != null && uri.getPort() >= 0 && uri.getRawUserInfo() == null) {
        return new Node(uri.getHost(), uri.getPort());
      }
    } catch (URISyntaxException e) {
      // Throws the same exception as for a URI without host or port.
    }
    // Somebody may have put a password there, so nothing is quoted.
    throw new IllegalArgumentException(
        "%s must be host:port,host:port,…, without user and password".formatted(variable));
  }

  /**
   * Reads the URL.
   *
   * @throws IllegalArgumentException if it is none
   */
  static URI uri(String url) {
    try {
      return new URI(url);
    } catch (URISyntaxException e) {
      // The message does not quote the URL, which may have a password.
      throw new IllegalArgumentException("TALLY_REDIS_URL is not a URL");
    }
  }

  @Override
  default @Nullable String getUsername() {
    String userInfo = userInfo();
    int colon = userInfo.indexOf(':');
    return colon > 0 ? userInfo.substring(0, colon) : null;
  }

  /** User info without a colon is a password; Spring Boot reads the URL of one server so, too. */
  @Override
  default @Nullable String getPassword() {
    String userInfo = userInfo();
    return userInfo.isEmpty() ? null : userInfo.substring(userInfo.indexOf(':') + 1);
  }

  @Override
  default @Nullable SslBundle getSslBundle() {
    return "rediss".equals(url().getScheme()) ? SslBundle.systemDefault() : null;
  }

  private String userInfo() {
    return Objects.requireNonNullElse(url().getUserInfo(), "");
  }
}
