package dev.tally.local;

import dev.tally.stack.ServerKind;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;

/**
 * The settings of a local system.
 *
 * @param data the folder with all data and logs
 * @param apiPort port of chat-api, 0 for any free one
 * @param gatewayPort port of chat-gateway, 0 for any free one
 * @param workerPort port of chat-worker's actuator, 0 for any free one
 * @param serverPorts the servers to start, and the port of each, 0 for any free one. The services
 *     use an external server in place of a missing one; {@code environment} has its address.
 * @param environment the environment variables
 */
record LocalOptions(
    Path data,
    int apiPort,
    int gatewayPort,
    int workerPort,
    Map<ServerKind, Integer> serverPorts,
    Map<String, String> environment) {

  /**
   * Reads environment variables.
   *
   * @throws IllegalArgumentException if a port is not a number from 0 to 65535
   */
  static LocalOptions of(Map<String, String> environment, Path workingDirectory) {
    Map<ServerKind, Integer> serverPorts = new EnumMap<>(ServerKind.class);
    if (!isGiven(environment, "TALLY_MYSQL_URL")) {
      serverPorts.put(ServerKind.MARIADB, port(environment, "TALLY_LOCAL_MYSQL_PORT", 0));
    }
    if (!isGiven(environment, "TALLY_REDIS_URL")
        && !isGiven(environment, "TALLY_REDIS_CLUSTER_NODES")
        && !isGiven(environment, "TALLY_REDIS_SENTINEL_NODES")) {
      serverPorts.put(ServerKind.REDIS, port(environment, "TALLY_LOCAL_REDIS_PORT", 0));
    }
    if (!isGiven(environment, "TALLY_ELASTICSEARCH_URL")) {
      serverPorts.put(
          ServerKind.ELASTICSEARCH, port(environment, "TALLY_LOCAL_ELASTICSEARCH_PORT", 0));
    }
    return new LocalOptions(
        workingDirectory.resolve(environment.getOrDefault("TALLY_LOCAL_DATA", ".tally")),
        port(environment, "TALLY_API_PORT", 3000),
        port(environment, "TALLY_GATEWAY_PORT", 8000),
        port(environment, "TALLY_WORKER_PORT", 8081),
        Map.copyOf(serverPorts),
        Map.copyOf(environment));
  }

  private static boolean isGiven(Map<String, String> environment, String name) {
    return !environment.getOrDefault(name, "").isBlank();
  }

  private static int port(Map<String, String> environment, String name, int otherwise) {
    String text = environment.getOrDefault(name, "");
    if (text.isBlank()) {
      return otherwise;
    }
    try {
      int port = Integer.parseInt(text.strip());
      if (port >= 0 && port <= 65_535) {
        return port;
      }
    } catch (NumberFormatException e) {
      // Falls through to the same message.
    }
    throw new IllegalArgumentException(name + " must be a port from 0 to 65535, not " + text);
  }
}
