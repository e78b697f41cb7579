package dev.tally.stack;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

/** Sends one command to a process that speaks Redis' protocol. */
final class RedisAnswer {

  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private RedisAnswer() {}

  /**
   * The answer of a server that must not refuse the command.
   *
   * @see #lines(Server, String, Duration)
   * @throws StackException if the server refuses the command or does not answer
   */
  static List<String> of(Server server, String command) {
    List<String> lines = raw(server, command);
    if (lines.isEmpty() || lines.getFirst().startsWith("-")) {
      throw new StackException(
          "Redis on port %d refused a command: %s".formatted(server.port(), lines));
    }
    return lines;
  }

  /**
   * The answer of a server, which may be an error.
   *
   * @see #lines(Server, String, Duration)
   * @throws StackException if the server does not answer
   */
  static List<String> raw(Server server, String command) {
    try {
      return lines(server, command, PATIENCE);
    } catch (IOException e) {
      throw new StackException(
          "Redis on port %d does not answer: %s".formatted(server.port(), e), e);
    }
  }

  /**
   * The lines of an answer, as the protocol has them: the length of a text comes before the text,
   * the number of a list's elements before the elements, and the line of an error begins with a
   * minus.
   */
  static List<String> lines(Server server, String command, Duration patience) throws IOException {
    int millis = Math.toIntExact(patience.toMillis());
    try (Socket socket = new Socket()) {
      socket.connect(
          new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()), millis);
      socket.setSoTimeout(millis);
      socket.getOutputStream().write((command + "\r\n").getBytes(StandardCharsets.US_ASCII));
      // Redis answers, and then ends the connection. Not every Sentinel knows QUIT.
      socket.shutdownOutput();
      return new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII))
          .readAllLines();
    }
  }
}
