package dev.tally.common.web.problem;

import java.net.URI;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.ProblemDetail;

/** Builds the body that every error answer has. */
final class ProblemBody {

  private ProblemBody() {}

  static ProblemDetail of(
      ProblemType type, HttpStatusCode status, String detail, @Nullable String path) {
    ProblemDetail problem = ProblemDetail.forStatusAndDetail(status, detail);
    problem.setType(type.uri());
    problem.setTitle(type.title());
    if (path != null) {
      problem.setInstance(instance(path));
    }
    problem.setProperty("error", error(type, detail));
    return problem;
  }

  /**
   * The string that older clients show to people. For bad input it is the detail, which names the
   * field.
   */
  private static String error(ProblemType type, String detail) {
    return switch (type) {
      case INVALID_FIELD, MALFORMED_REQUEST -> detail;
      default -> type.title();
    };
  }

  private static @Nullable URI instance(String path) {
    try {
      return URI.create(path);
    } catch (IllegalArgumentException e) {
      return null;
    }
  }
}
