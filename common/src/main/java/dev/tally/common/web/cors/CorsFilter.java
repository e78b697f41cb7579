package dev.tally.common.web.cors;

import dev.tally.common.web.origin.OriginProperties;
import dev.tally.common.web.ratelimit.RateLimitConfiguration;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Set;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.web.cors.CorsUtils;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Tells browsers that pages of some origins may use the routes under {@code /apps/} and see the
 * answers (CORS). The list of all apps is not among them: it is for operators. Requests of other
 * pages go on unchanged: {@code common.web.origin} refuses their writes, and browsers do not show
 * them what they read.
 */
public final class CorsFilter extends OncePerRequestFilter {

  private static final String ALL_APPS = "/apps";
  private static final String TEN_MINUTES = "600";

  private final Set<String> origins;
  private final String methods;
  private final String requestHeaders;
  private final String responseHeaders;

  CorsFilter(Set<String> origins, CorsRules rules) {
    this.origins = Set.copyOf(origins);
    this.methods = String.join(", ", rules.methods());
    this.requestHeaders = String.join(", ", rules.requestHeaders());
    this.responseHeaders = String.join(", ", rules.responseHeaders());
  }

  /** The filter of a service, which is off if no origin is allowed. */
  public static FilterRegistrationBean<CorsFilter> registration(
      OriginProperties properties, CorsRules rules) {
    FilterRegistrationBean<CorsFilter> registration =
        new FilterRegistrationBean<>(new CorsFilter(properties.origins(), rules));
    registration.addUrlPatterns(ALL_APPS + "/*");
    registration.setOrder(RateLimitConfiguration.BEFORE_REFUSALS);
    registration.setEnabled(!properties.origins().isEmpty());
    return registration;
  }

  /** The pattern of the registration includes the list of all apps. */
  @Override
  protected boolean shouldNotFilter(HttpServletRequest request) {
    return request.getRequestURI().equals(ALL_APPS);
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
      response.setHeader(HttpHeaders.ACCESS_CONTROL_ALLOW_METHODS, methods);
      response.setHeader(HttpHeaders.ACCESS_CONTROL_ALLOW_HEADERS, requestHeaders);
      response.setHeader(HttpHeaders.ACCESS_CONTROL_MAX_AGE, TEN_MINUTES);
      response.setStatus(HttpStatus.NO_CONTENT.value());
      return;
    }
    response.setHeader(HttpHeaders.ACCESS_CONTROL_EXPOSE_HEADERS, responseHeaders);
    chain.doFilter(request, response);
  }
}
