package dev.tally.common.web.problem;

import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.http.HttpServletRequest;
import java.nio.charset.StandardCharsets;
import org.springframework.boot.webmvc.error.ErrorController;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Answers requests that failed outside of every controller, for instance in a filter. */
@RestController
final class ProblemErrorController implements ErrorController {

  @RequestMapping("${server.error.path:/error}")
  ResponseEntity<ProblemDetail> error(HttpServletRequest request) {
    // No filter checked a request that Tomcat refused, so its charset may be unknown, and Spring
    // would fail to decode the path with it.
    request.setCharacterEncoding(StandardCharsets.UTF_8);
    Object code = request.getAttribute(RequestDispatcher.ERROR_STATUS_CODE);
    Object uri = request.getAttribute(RequestDispatcher.ERROR_REQUEST_URI);
    int status = code instanceof Integer known ? known : 404;
    ProblemType type = ProblemType.ofStatus(status);
    return ResponseEntity.status(status)
        .contentType(MediaType.APPLICATION_PROBLEM_JSON)
        .body(
            ProblemBody.of(
                type,
                HttpStatusCode.valueOf(status),
                type.title() + ".",
                uri instanceof String path ? path : null));
  }
}
