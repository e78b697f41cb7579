package dev.tally.common.web.ratelimit;

import dev.tally.common.web.problem.ProblemException;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.servlet.HandlerExceptionResolver;

/**
 * Answers requests that {@link AddressRateLimitValve} refuses. It is a filter, so that their
 * answers have the headers that let a browser read them, and are counted as other problems are.
 */
final class RefusalFilter extends OncePerRequestFilter {

  private final HandlerExceptionResolver problems;

  RefusalFilter(HandlerExceptionResolver problems) {
    this.problems = problems;
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    if (request.getAttribute(AddressRateLimitValve.REFUSAL) instanceof ProblemException refusal) {
      if (problems.resolveException(request, response, null, refusal) == null) {
        throw refusal;
      }
    } else {
      chain.doFilter(request, response);
    }
  }
}
