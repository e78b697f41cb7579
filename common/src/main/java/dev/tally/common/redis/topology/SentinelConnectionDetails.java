package dev.tally.common.redis.topology;

import java.net.URI;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Points the client at the primary that Sentinels name.
 *
 * @param nodes the Sentinels, each {@code host:port}
 * @param master the name that the Sentinels know the primary and its replicas by
 * @param password the Sentinels' own password, null if they have none
 * @param database the servers' database
 */
record SentinelConnectionDetails(
    List<Node> nodes, String master, @Nullable String password, int database, URI url)
    implements NodesConnectionDetails {

  /**
   * Reads configuration.
   *
   * @param url also has the database, as its path
   * @throws IllegalArgumentException if a node is not {@code host:port}, the name is empty, or the
   *     URL is invalid
   */
  static SentinelConnectionDetails of(String nodes, String master, String password, String url) {
    if (master.isBlank()) {
      throw new IllegalArgumentException(
          "TALLY_REDIS_SENTINEL_MASTER must be the name that the Sentinels know the primary by");
    }
    URI uri = NodesConnectionDetails.uri(url);
    return new SentinelConnectionDetails(
        NodesConnectionDetails.nodes("TALLY_REDIS_SENTINEL_NODES", nodes),
        master,
        password.isEmpty() ? null : password,
        database(uri),
        uri);
  }

  private static int database(URI uri) {
    String path = Objects.requireNonNullElse(uri.getPath(), "");
    if (path.length() < 2) {
      return 0;
    }
    try {
      return Integer.parseInt(path.substring(1));
    } catch (NumberFormatException e) {
      // Not quoted, because a password with a slash in it begins a path.
      throw new IllegalArgumentException(
          "the path of TALLY_REDIS_URL must be the number of a database");
    }
  }

  @Override
  public Sentinel getSentinel() {
    return new Sentinel() {
      @Override
      public int getDatabase() {
        return database;
      }

      @Override
      public String getMaster() {
        return master;
      }

      @Override
      public List<Node> getNodes() {
        return nodes;
      }

      @Override
      public @Nullable String getUsername() {
        return null;
      }

      @Override
      public @Nullable String getPassword() {
        return password;
      }
    };
  }

  /** Says nothing of passwords. */
  @Override
  public String toString() {
    return "Sentinels %s of %s".formatted(nodes, master);
  }
}
