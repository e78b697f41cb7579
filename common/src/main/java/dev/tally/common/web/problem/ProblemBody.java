package dev.tally.common.web.problem;

import java.net.URI;
import java.net.URISyntaxException;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.ProblemDetail;

/** Builds the body that every error answer has. */
final class ProblemBody {

  /** The instance of a path that is no reference at all. */
  private static final URI UNKNOWN = URI.create("/");

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

  /**
   * The path as a reference, which must not begin with two slashes (RFC 3986, 4.2). It is never
   * null, because Spring would then parse the path itself, and fail where this does.
   */
  private static URI instance(String path) {
    try {
      return new URI(path.startsWith("//") ? "/." + path : path);
    } catch (URISyntaxException e) {
      return UNKNOWN;
    }
  }
}
