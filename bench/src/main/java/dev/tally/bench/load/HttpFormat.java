package dev.tally.bench.load;

import java.nio.charset.StandardCharsets;

/** As much of HTTP/1.1 as a load generator needs: keep-alive, lengths and chunks. */
public final class HttpFormat implements AnswerFormat {

  /** Any 2xx status is a success. */
  public static final HttpFormat FORMAT = new HttpFormat();

  private static final byte[] CONTENT_LENGTH = bytes("content-length:");
  private static final byte[] TRANSFER_ENCODING = bytes("transfer-encoding:");
  private static final int STATUS = "HTTP/1.1 ".length();
  private static final int CHUNKED = -2;

  private HttpFormat() {}

  /** Encodes a GET request. */
  public static byte[] get(String path) {
    return bytes("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
  }

  /** Encodes a POST request. */
  public static byte[] post(String path, String contentType, String body) {
    byte[] content = body.getBytes(StandardCharsets.UTF_8);
    byte[] head =
        bytes(
            "POST %s HTTP/1.1\r\nHost: localhost\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n"
                .formatted(path, contentType, content.length));
    byte[] request = new byte[head.length + content.length];
    System.arraycopy(head, 0, request, 0, head.length);
    System.arraycopy(content, 0, request, head.length, content.length);
    return request;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  @Override
  public int end(byte[] received, int from, int to) {
    int length = 0;
    int line = from;
    while (true) {
      int lineEnd = lineEnd(received, line, to);
      if (lineEnd < 0) {
        return -1;
      }
      if (lineEnd == line) {
        break;
      }
      if (startsWith(received, line, lineEnd, CONTENT_LENGTH)) {
        length = decimal(received, line + CONTENT_LENGTH.length, lineEnd);
      } else if (startsWith(received, line, lineEnd, TRANSFER_ENCODING)) {
        length = CHUNKED;
      }
      line = lineEnd + 2;
    }
    int body = line + 2;
    if (length == CHUNKED) {
      return chunksEnd(received, body, to);
    }
    return body + length <= to ? body + length : -1;
  }

  private static int chunksEnd(byte[] received, int from, int to) {
    int chunk = from;
    while (true) {
      int lineEnd = lineEnd(received, chunk, to);
      if (lineEnd < 0) {
        return -1;
      }
      int size = 0;
      for (int i = chunk; i < lineEnd; i++) {
        size = size * 16 + Character.digit(received[i], 16);
      }
      int next = lineEnd + 2 + size + 2;
      if (next > to) {
        return -1;
      }
      if (size == 0) {
        return next;
      }
      chunk = next;
    }
  }

  private static int lineEnd(byte[] received, int from, int to) {
    for (int i = from; i + 1 < to; i++) {
      if (received[i] == '\r' && received[i + 1] == '\n') {
        return i;
      }
    }
    return -1;
  }

  private static boolean startsWith(byte[] received, int from, int to, byte[] lowerCase) {
    if (to - from < lowerCase.length) {
      return false;
    }
    for (int i = 0; i < lowerCase.length; i++) {
      // OR 0x20 makes letters lower case. A colon has this bit already.
      if ((received[from + i] | 0x20) != lowerCase[i] && received[from + i] != lowerCase[i]) {
        return false;
      }
    }
    return true;
  }

  private static int decimal(byte[] received, int from, int to) {
    int value = 0;
    for (int i = from; i < to; i++) {
      if (received[i] != ' ') {
        value = value * 10 + received[i] - '0';
      }
    }
    return value;
  }

  @Override
  public boolean succeeded(byte[] received, int from, int end) {
    return received[from + STATUS] == '2';
  }
}
