package dev.tally.bench.load;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** A keep-alive connection to an HTTP server on loopback, for one request at a time. */
public final class HttpConnection implements AutoCloseable {

  private static final int HEAD = "HTTP/1.1 200 ".length();

  private final int port;
  private Socket socket;
  private byte[] received = new byte[16 * 1024];

  public HttpConnection(int port) throws IOException {
    this.port = port;
    this.socket = connect();
  }

  private Socket connect() throws IOException {
    Socket connected = new Socket(InetAddress.getLoopbackAddress(), port);
    connected.setTcpNoDelay(true);
    return connected;
  }

  /**
   * Sends a request and reads the answer.
   *
   * @return the answer after its status, with the headers; empty if the status is not 2xx
   */
  public String exchange(byte[] request) throws IOException {
    socket.getOutputStream().write(request);
    int length = 0;
    int end = -1;
    while (end < 0) {
      if (length == received.length) {
        received = Arrays.copyOf(received, length * 4);
      }
      int more = socket.getInputStream().read(received, length, received.length - length);
      if (more < 0) {
        throw new EOFException("the server has closed the connection");
      }
      length += more;
      end = Http.FORMAT.end(received, 0, length);
    }
    if (Http.FORMAT.closes(received, 0, end)) {
      socket.close();
      socket = connect();
    }
    return Http.FORMAT.succeeded(received, 0, end)
        ? new String(received, HEAD, end - HEAD, StandardCharsets.UTF_8)
        : "";
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
