package dev.tally.common.web.server;

import jakarta.servlet.http.HttpServletResponse;
import org.springframework.http.HttpHeaders;

/** The headers that tell a browser to make nothing of an answer but what it is. */
public final class SecurityHeaders {

  private SecurityHeaders() {}

  /**
   * Sets what holds for an answer that is data. Whoever answers with something else, a page for
   * instance, sets them again.
   *
   * @param secure whether the client used TLS
   */
  public static void set(HttpServletResponse response, boolean secure) {
    response.setHeader("X-Content-Type-Options", "nosniff");
    response.setHeader(HttpHeaders.CACHE_CONTROL, "no-store");
    response.setHeader("Referrer-Policy", "no-referrer");
    response.setHeader("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'");
    if (secure) {
      response.setHeader("Strict-Transport-Security", "max-age=31536000");
    }
  }
}
