package dev.tally.common.web.origin;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The origins whose pages may not write: all but those of a list and the service's own. A client
 * that is no browser sends neither {@code Origin} nor {@code Sec-Fetch-Site}, and is never foreign.
 *
 * <p>CORS does not do this: it keeps pages from reading answers, and from requests that are not
 * simple, but a form's POST takes effect.
 */
final class ForeignOrigins {

  private static final Set<String> READS = Set.of("GET", "HEAD", "OPTIONS", "TRACE");

  private final Set<String> allowed;

  ForeignOrigins(Set<String> allowed) {
    this.allowed = Set.copyOf(allowed);
  }

  boolean isWrite(String method) {
    return !READS.contains(method);
  }

  /**
   * Whether a request comes from a foreign page.
   *
   * @param origin the page's origin; {@code null} as a text is that of a page without one, such as
   *     a sandboxed frame
   * @param site the browser's own judgement of page and service. It decides only without an origin:
   *     an allowed page may be on another site.
   * @param host the service's own name and port, as the client reached it
   */
  boolean include(@Nullable String origin, @Nullable String site, @Nullable String host) {
    return origin == null
        ? "cross-site".equals(site)
        : !allowed.contains(origin) && !isOwn(origin, host);
  }

  /** Does not compare the scheme, which the service does not know behind a proxy with TLS. */
  private static boolean isOwn(String origin, @Nullable String host) {
    return host != null
        && (origin.equalsIgnoreCase("http://" + host)
            || origin.equalsIgnoreCase("https://" + host));
  }
}
