package dev.tally.stack;

import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;

/**
 * The options of a stack.
 *
 * @param data the folder for all data and logs; created if it does not exist, and locked while the
 *     stack runs
 * @param ports the servers to start, and the loopback port of each, 0 for any free one
 */
public record StackOptions(Path data, Map<ServerKind, Integer> ports) {

  public StackOptions {
    data = data.toAbsolutePath().normalize();
    ports = Map.copyOf(ports);
  }

  /** Options with all servers on free ports. */
  public static StackOptions in(Path data) {
    Map<ServerKind, Integer> ports = new EnumMap<>(ServerKind.class);
    for (ServerKind kind : ServerKind.values()) {
      ports.put(kind, 0);
    }
    return new StackOptions(data, ports);
  }

  /** These options, with a server on this port. */
  public StackOptions with(ServerKind kind, int port) {
    Map<ServerKind, Integer> changed = new EnumMap<>(ServerKind.class);
    changed.putAll(ports);
    changed.put(kind, port);
    return new StackOptions(data, changed);
  }

  /** These options, without a server. */
  public StackOptions without(ServerKind kind) {
    Map<ServerKind, Integer> changed = new EnumMap<>(ServerKind.class);
    changed.putAll(ports);
    changed.remove(kind);
    return new StackOptions(data, changed);
  }
}
