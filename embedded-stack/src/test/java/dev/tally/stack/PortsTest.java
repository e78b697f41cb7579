package dev.tally.stack;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PortsTest {

  @Test
  void choosesNoPortThatAnOutgoingConnectionMayGet() throws IOException {
    Process process = new ProcessBuilder("cat", "/proc/sys/net/ipv4/ip_local_port_range").start();
    String range = new String(process.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
    int first = Integer.parseInt(range.substring(0, range.indexOf('\t')));

    assertThat(IntStream.range(0, 50).map(i -> Ports.choose(Set.of())))
        .allMatch(port -> port < first);
  }

  @Test
  void choosesNoPortThatIsTaken() {
    Set<Integer> taken = new HashSet<>();
    IntStream.range(0, 1_000).forEach(i -> assertThat(taken.add(Ports.choose(taken))).isTrue());
  }

  @Test
  void knowsTheProcessThatListens() throws IOException {
    int port;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
      assertThat(Ports.isFree(port)).isFalse();
      assertThat(Ports.isHeldBy(ProcessHandle.current().pid(), port)).isTrue();
      assertThat(Ports.isHeldBy(Long.MAX_VALUE, port)).isFalse();
    }
    assertThat(Ports.isFree(port)).isTrue();
    assertThat(Ports.isHeldBy(ProcessHandle.current().pid(), port)).isFalse();
  }
}
