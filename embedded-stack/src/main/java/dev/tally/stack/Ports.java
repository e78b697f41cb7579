package dev.tally.stack;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

/** Finds free loopback ports, and the processes that use a port (by {@code /proc}). */
public final class Ports {

  private static final int LOWEST = 20_000;
  private static final int HIGHEST = 65_535;
  private static final int ATTEMPTS = 200;
  private static final String LISTENING = "0A";

  private Ports() {}

  /**
   * Finds a free port below the range that the kernel uses for outgoing connections. A stopped
   * server could lose a port of that range: a client that tries to reconnect eventually gets the
   * port as its local port, and is then connected to itself.
   *
   * @param taken ports that are not chosen, even if they are free
   */
  public static int choose(Set<Integer> taken) {
    int end = outgoing();
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      int port = ThreadLocalRandom.current().nextInt(LOWEST, end);
      if (!taken.contains(port) && isFree(port)) {
        return port;
      }
    }
    throw new StackException("no free port from %d to %d".formatted(LOWEST, end - 1));
  }

  private static int outgoing() {
    // The kernel answers only the first read in full. Files.readString would get one digit.
    byte[] range = new byte[64];
    try (InputStream in = Files.newInputStream(Path.of("/proc/sys/net/ipv4/ip_local_port_range"))) {
      int length = Math.max(0, in.read(range));
      String[] bounds =
          new String(range, 0, length, StandardCharsets.US_ASCII).strip().split("\\s+", -1);
      int first = Integer.parseInt(bounds[0]);
      return first > LOWEST + ATTEMPTS ? first : HIGHEST + 1;
    } catch (IOException | NumberFormatException e) {
      return HIGHEST + 1;
    }
  }

  /** Whether a server could listen on the port now. */
  public static boolean isFree(int port) {
    try (ServerSocket socket = new ServerSocket()) {
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /**
   * Whether the process with this id listens on the port. Returns true for a process of another
   * user, whose descriptors cannot be read.
   */
  static boolean isHeldBy(long pid, int port) {
    try {
      return hasOneOf(listeners(port), pid);
    } catch (NoSuchFileException e) {
      return false;
    } catch (IOException e) {
      return true;
    }
  }

  /**
   * The process that listens on a port.
   *
   * @return empty if no process listens, or if its descriptors cannot be read
   */
  public static Optional<ProcessHandle> holder(int port) {
    try {
      Set<String> sockets = listeners(port);
      return ProcessHandle.allProcesses()
          .filter(process -> isKnownToHaveOneOf(sockets, process.pid()))
          .findFirst();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private static boolean isKnownToHaveOneOf(Set<String> sockets, long pid) {
    try {
      return hasOneOf(sockets, pid);
    } catch (IOException e) {
      return false;
    }
  }

  private static boolean hasOneOf(Set<String> sockets, long pid) throws IOException {
    try (DirectoryStream<Path> descriptors =
        Files.newDirectoryStream(Path.of("/proc", Long.toString(pid), "fd"))) {
      for (Path descriptor : descriptors) {
        if (sockets.contains(target(descriptor))) {
          return true;
        }
      }
      return false;
    }
  }

  private static String target(Path descriptor) throws IOException {
    try {
      return Files.readSymbolicLink(descriptor).toString();
    } catch (NoSuchFileException e) {
      // The process has closed the descriptor since it was listed.
      return "";
    }
  }

  /** The sockets that listen on a port, by the targets of the descriptors' links. */
  private static Set<String> listeners(int port) throws IOException {
    String suffix = String.format(Locale.ROOT, ":%04X", port);
    Set<String> sockets = new HashSet<>();
    for (String table : List.of("tcp", "tcp6")) {
      Path file = Path.of("/proc/net", table);
      if (!Files.exists(file)) {
        continue;
      }
      for (String line : Files.readAllLines(file)) {
        String[] fields = line.strip().split("\\s+", -1);
        if (fields.length > 9 && fields[1].endsWith(suffix) && fields[3].equals(LISTENING)) {
          sockets.add("socket:[" + fields[9] + "]");
        }
      }
    }
    return sockets;
  }
}
