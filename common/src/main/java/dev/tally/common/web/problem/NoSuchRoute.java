package dev.tally.common.web.problem;

import java.util.Map;
import org.springframework.core.Ordered;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.handler.SimpleUrlHandlerMapping;

/**
 * Takes what no controller is mapped to. Without it, Spring would read all of the request's headers
 * before it says that nothing is there, and fail if one of them is none that it could write.
 */
final class NoSuchRoute extends SimpleUrlHandlerMapping {

  NoSuchRoute() throws NoSuchMethodException {
    super(Map.of("/**", new HandlerMethod(new Refusal(), "refuse")), Ordered.LOWEST_PRECEDENCE);
  }

  /** The handler: a method, because only of methods are problems told. */
  static final class Refusal {

    /** Public, because Spring looks it up by its name. */
    @SuppressWarnings("DoNotCallSuggester")
    public void refuse() {
      throw ProblemException.of(ProblemType.NO_SUCH_ROUTE, "Nothing is served under this path.");
    }
  }
}
