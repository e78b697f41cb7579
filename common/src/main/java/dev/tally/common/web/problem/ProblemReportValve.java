package dev.tally.common.web.problem;

import dev.tally.common.web.server.SecurityHeaders;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ErrorReportValve;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;

/**
 * Answers requests that Tomcat refuses before any servlet sees them, for instance a malformed
 * request line, in the same shape as all other errors. Public with a public constructor because
 * Tomcat creates it by its class name.
 */
public final class ProblemReportValve extends ErrorReportValve {

  @Override
  protected void report(Request request, Response response, @Nullable Throwable throwable) {
    int status = response.getStatus();
    if (status < 400 || response.getContentWritten() > 0 || !response.setErrorReported()) {
      return;
    }
    if (status == HttpServletResponse.SC_NOT_IMPLEMENTED
        || status == HttpServletResponse.SC_HTTP_VERSION_NOT_SUPPORTED) {
      // An unknown transfer coding or version is the client's fault. A 5xx would raise an alert.
      status = HttpServletResponse.SC_BAD_REQUEST;
    }
    try {
      write(ProblemType.ofStatus(status), status, response);
    } catch (IOException e) {
      container.getLogger().debug("the client disconnected before its error was sent", e);
    }
  }

  static void write(ProblemType type, int status, Response response) throws IOException {
    byte[] body =
        """
        {"type":"%s","title":"%s","status":%d,"detail":"%s.","error":"%s"}"""
            .formatted(type.uri(), type.title(), status, type.title(), type.title())
            .getBytes(StandardCharsets.UTF_8);
    // An exception that gets here has reset all headers.
    SecurityHeaders.set(response, response.getRequest().isSecure());
    response.setStatus(status);
    response.setContentType(MediaType.APPLICATION_PROBLEM_JSON_VALUE);
    response.setContentLength(body.length);
    response.getOutputStream().write(body);
    response.finishResponse();
  }
}
