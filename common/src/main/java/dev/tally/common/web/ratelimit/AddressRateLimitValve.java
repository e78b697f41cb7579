package dev.tally.common.web.ratelimit;

import dev.tally.common.web.problem.ProblemException;
import jakarta.servlet.ServletException;
import java.io.IOException;
import java.util.Set;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ValveBase;

/**
 * Counts each request, also one that no filter sees, and leaves a note at one that is refused:
 * {@link RefusalFilter} answers it.
 */
final class AddressRateLimitValve extends ValveBase {

  /** The attribute of a request with the {@link ProblemException} that it gets. */
  static final String REFUSAL = AddressRateLimitValve.class.getName();

  /** As requests write them: one that only means the same is counted. */
  private static final Set<String> UNLIMITED =
      Set.of(
          "/livez",
          "/readyz",
          "/actuator/health",
          "/actuator/health/liveness",
          "/actuator/health/readiness");

  private final RateLimit limit;

  AddressRateLimitValve(RateLimit limit) {
    super(true);
    this.limit = limit;
  }

  @Override
  public void invoke(Request request, Response response) throws IOException, ServletException {
    // Each asynchronous dispatch of a stream passes here again.
    if (!request.isAsyncDispatching() && !UNLIMITED.contains(request.getRequestURI())) {
      try {
        limit.take(ClientAddress.of(request), 1, response);
      } catch (ProblemException e) {
        request.setAttribute(REFUSAL, e);
      }
    }
    getNext().invoke(request, response);
  }
}
