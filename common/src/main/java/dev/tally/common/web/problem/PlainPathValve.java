package dev.tally.common.web.problem;

import jakarta.servlet.ServletException;
import java.io.IOException;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ValveBase;

/**
 * Refuses path parameters, as in {@code /apps;x=y}: no route has any. Tomcat cuts them off and
 * checks what is left; Spring decodes them, and fails where they cannot be decoded, so that even
 * the error would have no answer.
 */
final class PlainPathValve extends ValveBase {

  PlainPathValve() {
    super(true);
  }

  @Override
  public void invoke(Request request, Response response) throws IOException, ServletException {
    if (request.getRequestURI().indexOf(';') >= 0) {
      ProblemReportValve.write(ProblemType.MALFORMED_REQUEST, 400, response);
    } else {
      getNext().invoke(request, response);
    }
  }
}
