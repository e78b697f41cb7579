package dev.tally.bench.load;

import java.io.ByteArrayOutputStream;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** As much of Redis's protocol, RESP 2, as a load generator needs. */
public final class RespFormat implements AnswerFormat {

  /** Any answer but an error is a success. */
  public static final RespFormat FORMAT = new RespFormat();

  private RespFormat() {}

  /** Encodes a command with its arguments. */
  public static byte[] command(List<String> parts) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(("*" + parts.size() + "\r\n").getBytes(StandardCharsets.US_ASCII));
    for (String part : parts) {
      byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
      out.writeBytes(("$" + bytes.length + "\r\n").getBytes(StandardCharsets.US_ASCII));
      out.writeBytes(bytes);
      out.writeBytes(new byte[] {'\r', '\n'});
    }
    return out.toByteArray();
  }

  /**
   * Makes a target of a Redis server.
   *
   * @param url the server's URL, with user and password if the server needs them
   */
  public static Target target(URI url, List<byte[]> requests, int answersPerRequest) {
    List<byte[]> greetings = List.of();
    if (url.getUserInfo() != null) {
      List<String> command = new ArrayList<>(List.of("AUTH"));
      command.addAll(List.of(url.getUserInfo().split(":", 2)));
      command.removeIf(String::isEmpty);
      greetings = List.of(command(command));
    }
    int port = url.getPort() < 0 ? 6379 : url.getPort();
    return new Target(
        new InetSocketAddress(url.getHost(), port), FORMAT, greetings, requests, answersPerRequest);
  }

  @Override
  public int end(byte[] received, int from, int to) {
    int lineEnd = from;
    while (lineEnd + 1 < to && received[lineEnd] != '\r') {
      lineEnd++;
    }
    if (lineEnd + 1 >= to) {
      return -1;
    }
    int after = lineEnd + 2;
    return switch (received[from]) {
      case '*' -> {
        int position = after;
        for (long i = number(received, from + 1, lineEnd); i > 0 && position >= 0; i--) {
          position = end(received, position, to);
        }
        yield position;
      }
      case '$' -> {
        int length = (int) number(received, from + 1, lineEnd);
        int end = length < 0 ? after : after + length + 2;
        yield end <= to ? end : -1;
      }
      default -> after;
    };
  }

  private static long number(byte[] received, int from, int to) {
    if (received[from] == '-') {
      return -number(received, from + 1, to);
    }
    long value = 0;
    for (int i = from; i < to; i++) {
      value = value * 10 + received[i] - '0';
    }
    return value;
  }

  @Override
  public boolean succeeded(byte[] received, int from, int end) {
    return received[from] != '-';
  }
}
