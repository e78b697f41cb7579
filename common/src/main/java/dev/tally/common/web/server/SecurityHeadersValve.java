package dev.tally.common.web.server;

import jakarta.servlet.ServletException;
import java.io.IOException;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ValveBase;

/** Sets {@link SecurityHeaders} on all answers. No filter sees a malformed request line. */
final class SecurityHeadersValve extends ValveBase {

  SecurityHeadersValve() {
    super(true);
  }

  @Override
  public void invoke(Request request, Response response) throws IOException, ServletException {
    SecurityHeaders.set(response, request.isSecure());
    getNext().invoke(request, response);
  }
}
