package dev.tally.stack;

import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;

/**
 * What to start, and where.
 *
 * @param data the folder that everything is kept in; made if it is not there, and locked while the
 *     stack runs
 * @param ports which servers to start, and the loopback port of each; 0 takes any free one
 */
public record StackOptions(Path data, Map<ServerKind, Integer> ports) {

  public StackOptions {
    data = data.toAbsolutePath().normalize();
    ports = Map.copyOf(ports);
  }

  /** All servers, on free ports. */
  public static StackOptions in(Path data) {
    Map<ServerKind, Integer> ports = new EnumMap<>(ServerKind.class);
    for (ServerKind kind : ServerKind.values()) {
      ports.put(kind, 0);
    }
    return new StackOptions(data, ports);
  }

  /** The same, but with a server on this port. */
  public StackOptions with(ServerKind kind, int port) {
    Map<ServerKind, Integer> changed = new EnumMap<>(ServerKind.class);
    changed.putAll(ports);
    changed.put(kind, port);
    return new StackOptions(data, changed);
  }

  /** The same, but without a server. */
  public StackOptions without(ServerKind kind) {
    Map<ServerKind, Integer> changed = new EnumMap<>(ServerKind.class);
    changed.putAll(ports);
    changed.remove(kind);
    return new StackOptions(data, changed);
  }
}
