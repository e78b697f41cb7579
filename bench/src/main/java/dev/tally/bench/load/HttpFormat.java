package dev.tally.bench.load;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** As much of HTTP/1.1 as a load generator needs. */
public final class HttpFormat {

  private static final Pattern LENGTH = Pattern.compile("(?i)\ncontent-length: *(\\d+)");
  private static final byte[] HEAD_END = bytes("\r\n\r\n");
  // Bodies are JSON, which has no such line ends of its own.
  private static final byte[] LAST_CHUNK = bytes("\r\n0\r\n\r\n");
  private static final int STATUS = "HTTP/1.1 ".length();

  private HttpFormat() {}

  /** Encodes a GET request. */
  public static byte[] get(String path) {
    return bytes("GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n".formatted(path));
  }

  /** Encodes a POST request. */
  public static byte[] post(String path, String contentType, String body) {
    return bytes(
        "POST %s HTTP/1.1\r\nHost: localhost\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n%s"
            .formatted(path, contentType, bytes(body).length, body));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** Returns the length of the answer that has been received, or -1 if it is not complete. */
  static int end(byte[] received, int to) {
    int body = after(HEAD_END, received, 0, to);
    if (body < 0) {
      return -1;
    }
    String head = new String(received, 0, body, StandardCharsets.US_ASCII);
    Matcher length = LENGTH.matcher(head);
    if (!length.find()) {
      return after(LAST_CHUNK, received, body - 2, to);
    }
    int end = body + Integer.parseInt(length.group(1));
    return end <= to ? end : -1;
  }

  private static int after(byte[] wanted, byte[] received, int from, int to) {
    for (int i = from; i + wanted.length <= to; i++) {
      if (Arrays.equals(received, i, i + wanted.length, wanted, 0, wanted.length)) {
        return i + wanted.length;
      }
    }
    return -1;
  }

  /** Whether the status of a complete answer is 2xx. */
  static boolean isSuccess(byte[] received) {
    return received[STATUS] == '2';
  }
}
