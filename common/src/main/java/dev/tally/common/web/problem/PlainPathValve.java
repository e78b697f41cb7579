package dev.tally.common.web.problem;

import jakarta.servlet.ServletException;
import java.io.IOException;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ValveBase;

/**
 * Refuses path parameters, as in {@code /apps;x=y}: no route has any. Tomcat checks the path
 * without them. Spring decodes them, and if that fails, the error page fails in the same way.
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
