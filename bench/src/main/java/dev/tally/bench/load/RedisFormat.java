package dev.tally.bench.load;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** As much of Redis' protocol, RESP 2, as a load generator needs. */
public final class RedisFormat {

  private RedisFormat() {}

  /** Encodes a command with its arguments. */
  public static byte[] command(List<String> parts) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(bytes("*" + parts.size() + "\r\n"));
    for (String part : parts) {
      byte[] content = bytes(part);
      out.writeBytes(bytes("$" + content.length + "\r\n"));
      out.writeBytes(content);
      out.writeBytes(bytes("\r\n"));
    }
    return out.toByteArray();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** Any answer but an error is a success. */
  record Answers() implements AnswerFormat {

    @Override
    public int end(byte[] received, int from, int to) {
      int line = from;
      while (line + 1 < to && received[line] != '\r') {
        line++;
      }
      if (line + 1 >= to) {
        return -1;
      }
      String first = new String(received, from, line - from, StandardCharsets.US_ASCII);
      int after = line + 2;
      return switch (first.charAt(0)) {
        case '*' -> {
          int end = after;
          for (int i = Integer.parseInt(first.substring(1)); i > 0 && end >= 0; i--) {
            end = end(received, end, to);
          }
          yield end;
        }
        case '$' -> {
          int end = after + Integer.parseInt(first.substring(1)) + 2;
          yield end <= to ? end : -1;
        }
        default -> after;
      };
    }

    @Override
    public boolean isSuccess(byte[] received, int from) {
      return received[from] != '-';
    }
  }
}
