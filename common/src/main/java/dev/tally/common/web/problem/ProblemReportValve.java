package dev.tally.common.web.problem;

import dev.tally.common.web.server.SecurityHeaders;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ErrorReportValve;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.http.converter.json.ProblemDetailJacksonMixin;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * Answers requests that Tomcat refuses before any servlet sees them, for instance a malformed
 * request line, in the same shape as all other errors. Public with a public constructor because
 * Tomcat creates it by its class name.
 */
public final class ProblemReportValve extends ErrorReportValve {

  /** Writes a problem as Spring does: no bean is at hand where Tomcat creates this class. */
  private static final JsonMapper JSON =
      JsonMapper.builder()
          .disable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
          .addMixIn(ProblemDetail.class, ProblemDetailJacksonMixin.class)
          .build();

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
    ProblemDetail problem =
        ProblemBody.of(type, HttpStatusCode.valueOf(status), type.title() + ".", null);
    // The detail says no more than the title, and names no field.
    problem.setProperty("error", type.title());
    byte[] body = JSON.writeValueAsBytes(problem);
    // An exception that gets here has reset all headers.
    SecurityHeaders.set(response, response.getRequest().isSecure());
    response.setStatus(status);
    response.setContentType(MediaType.APPLICATION_PROBLEM_JSON_VALUE);
    response.setContentLength(body.length);
    response.getOutputStream().write(body);
    response.finishResponse();
  }
}
