package dev.tally.testkit.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Sends raw bytes that no HTTP client would send, and reads the answers. Each character of a text
 * is one byte.
 */
public final class Wire {

  private Wire() {}

  /**
   * One answer.
   *
   * @param status 0 if the server took the request for HTTP/0.9, whose answers are only a body
   * @param headers by lower-case name
   */
  public record Answer(int status, Map<String, String> headers, String body) {}

  /**
   * The result of one connection.
   *
   * @param answers without interim answers
   * @param cut whether the connection broke, so that answers may be missing
   */
  public record Exchange(List<Answer> answers, boolean cut) {}

  /** Sends a request, closes the sending side, and reads until the server closes the connection. */
  public static Exchange send(String server, String request) {
    URI uri = URI.create(server);
    ByteArrayOutputStream received = new ByteArrayOutputStream();
    boolean cut = false;
    try (Socket socket = new Socket(uri.getHost(), uri.getPort())) {
      socket.setSoTimeout(20_000);
      try {
        OutputStream out = socket.getOutputStream();
        out.write(request.getBytes(StandardCharsets.ISO_8859_1));
        out.flush();
        socket.shutdownOutput();
      } catch (SocketException e) {
        // The server closed the connection early. Its earlier answers can still be read.
        cut = true;
      }
      InputStream in = socket.getInputStream();
      in.transferTo(received);
    } catch (SocketException e) {
      cut = true;
    } catch (IOException e) {
      throw new AssertionError("the answer did not end; the request was " + request, e);
    }
    return read(received.toString(StandardCharsets.ISO_8859_1), cut);
  }

  private static Exchange read(String received, boolean cut) {
    List<Answer> answers = new ArrayList<>();
    String rest = received;
    while (rest.startsWith("HTTP/1.1 ")) {
      int end = rest.indexOf("\r\n\r\n");
      if (end < 0) {
        break;
      }
      String[] lines = rest.substring(0, end).split("\r\n", -1);
      rest = rest.substring(end + 4);
      int status = Integer.parseInt(lines[0].substring(9, 12));
      Map<String, String> headers = new LinkedHashMap<>();
      for (int i = 1; i < lines.length; i++) {
        int colon = lines[i].indexOf(':');
        headers.put(
            lines[i].substring(0, colon).toLowerCase(Locale.ROOT),
            lines[i].substring(colon + 1).strip());
      }
      StringBuilder body = new StringBuilder();
      if ("chunked".equals(headers.get("transfer-encoding"))) {
        rest = chunks(rest, body);
      } else if (headers.containsKey("content-length")) {
        int length = Math.min(rest.length(), Integer.parseInt(headers.get("content-length")));
        if (isAnswer(rest.substring(length)) && !rest.startsWith("HTTP/1.1 ")) {
          body.append(rest, 0, length);
          rest = rest.substring(length);
        }
      }
      if (status >= 200) {
        answers.add(new Answer(status, headers, body.toString()));
      }
    }
    if (!rest.isEmpty()) {
      answers.add(new Answer(0, Map.of(), rest));
    }
    return new Exchange(answers, cut);
  }

  /**
   * Whether an answer or the end of the text begins here. An answer to HEAD has a Content-Length
   * and no body. Skipping that length would cut off the beginning of the next answer.
   */
  private static boolean isAnswer(String rest) {
    return rest.isEmpty()
        || rest.startsWith("HTTP/1.1 ")
        || rest.startsWith("{")
        || rest.startsWith("[");
  }

  private static String chunks(String from, StringBuilder body) {
    String rest = from;
    while (true) {
      int line = rest.indexOf("\r\n");
      if (line < 0) {
        return rest;
      }
      int size = Integer.parseInt(rest.substring(0, line), 16);
      if (rest.length() < line + 4 + size) {
        return rest;
      }
      body.append(rest, line + 2, line + 2 + size);
      rest = rest.substring(line + 4 + size);
      if (size == 0) {
        return rest;
      }
    }
  }
}
