package dev.tally.gateway.cors;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Set;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.web.cors.CorsUtils;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Tells browsers that pages of some origins may write and read the answers (CORS). It does not
 * touch other requests: {@code common.web.origin} refuses the writes of other pages, and reads of
 * health and metrics have no origin to check.
 */
final class CorsFilter extends OncePerRequestFilter {

  private static final String WRITES = "POST";
  private static final String REQUEST_HEADERS = "Content-Type, Idempotency-Key, traceparent";
  private static final String RESPONSE_HEADERS = "Retry-After, RateLimit, RateLimit-Policy";
  private static final String TEN_MINUTES = "600";

  private final Set<String> origins;

  CorsFilter(Set<String> origins) {
    this.origins = Set.copyOf(origins);
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    String origin = request.getHeader(HttpHeaders.ORIGIN);
    if (origin == null || !origins.contains(origin)) {
      chain.doFilter(request, response);
      return;
    }
    response.setHeader(HttpHeaders.ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    response.setHeader(HttpHeaders.VARY, HttpHeaders.ORIGIN);
    if (CorsUtils.isPreFlightRequest(request)) {
      response.setHeader(HttpHeaders.ACCESS_CONTROL_ALLOW_METHODS, WRITES);
      response.setHeader(HttpHeaders.ACCESS_CONTROL_ALLOW_HEADERS, REQUEST_HEADERS);
      response.setHeader(HttpHeaders.ACCESS_CONTROL_MAX_AGE, TEN_MINUTES);
      response.setStatus(HttpStatus.NO_CONTENT.value());
      return;
    }
    response.setHeader(HttpHeaders.ACCESS_CONTROL_EXPOSE_HEADERS, RESPONSE_HEADERS);
    chain.doFilter(request, response);
  }
}
