package dev.tally.common.web.problem;

import java.util.Map;
import org.springframework.core.Ordered;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.handler.SimpleUrlHandlerMapping;

/**
 * Handles paths that no controller is mapped to. Without it, Spring would copy all request headers
 * into its own exception first, and fail if one of them has an invalid value.
 */
final class NoSuchRoute extends SimpleUrlHandlerMapping {

  NoSuchRoute() throws NoSuchMethodException {
    super(Map.of("/**", new HandlerMethod(new Refusal(), "refuse")), Ordered.LOWEST_PRECEDENCE);
  }

  /** The handler is a method because exception handlers apply to methods only. */
  static final class Refusal {

    /** Public because Spring looks it up by its name. */
    @SuppressWarnings("DoNotCallSuggester")
    public void refuse() {
      throw ProblemException.of(ProblemType.NO_SUCH_ROUTE, "Nothing is served under this path.");
    }
  }
}
