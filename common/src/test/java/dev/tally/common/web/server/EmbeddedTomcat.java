package dev.tally.common.web.server;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServer;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;

/** A Tomcat with one servlet for all paths, configured as a service's is. */
public final class EmbeddedTomcat implements AutoCloseable {

  private final WebServer server;

  private EmbeddedTomcat(WebServer server) {
    this.server = server;
  }

  /** Answers a request, or fails. */
  @FunctionalInterface
  public interface Answer {
    void to(HttpServletRequest request, HttpServletResponse response) throws IOException;
  }

  /** Starts a Tomcat on a free port. */
  public static EmbeddedTomcat start(
      WebServerFactoryCustomizer<TomcatServletWebServerFactory> configuration, Answer answer) {
    TomcatServletWebServerFactory factory = new TomcatServletWebServerFactory(0);
    factory.setAddress(InetAddress.getLoopbackAddress());
    configuration.customize(factory);
    WebServer server =
        factory.getWebServer(
            context -> context.addServlet("all", new OneServlet(answer)).addMapping("/*"));
    server.start();
    return new EmbeddedTomcat(server);
  }

  private static final class OneServlet extends HttpServlet {

    private static final long serialVersionUID = 1;

    private final transient Answer answer;

    OneServlet(Answer answer) {
      this.answer = answer;
    }

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response)
        throws IOException {
      answer.to(request, response);
    }
  }

  public int port() {
    return server.getPort();
  }

  /** Opens a connection, whose reads fail after 20 seconds. */
  public Socket connect() throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), port());
    socket.setSoTimeout(20_000);
    return socket;
  }

  /** Sends text and reads until Tomcat closes the connection. */
  public String exchange(String text) throws IOException {
    try (Socket socket = connect()) {
      send(socket, text);
      socket.shutdownOutput();
      InputStream in = socket.getInputStream();
      return new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
    }
  }

  /** Sends text, one byte for each character. */
  public static void send(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
    socket.getOutputStream().flush();
  }

  @Override
  public void close() {
    server.stop();
    server.destroy();
  }
}
