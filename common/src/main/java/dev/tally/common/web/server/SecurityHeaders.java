package dev.tally.common.web.server;

import jakarta.servlet.http.HttpServletResponse;
import org.springframework.http.HttpHeaders;

/** Headers that stop a browser from treating data as a page. */
public final class SecurityHeaders {

  private SecurityHeaders() {}

  /**
   * Sets the headers for an answer that is data. A controller that answers with a page overwrites
   * them.
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
