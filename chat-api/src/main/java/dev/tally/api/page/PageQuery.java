package dev.tally.api.page;

import static java.nio.charset.StandardCharsets.UTF_8;

import org.springframework.web.util.UriUtils;

/**
 * The query that requests a page, made of what a request meant, never of what it said: a link that
 * repeated unknown parameters could grow longer than the web server's bound on headers.
 */
public final class PageQuery {

  private final StringBuilder query = new StringBuilder();

  private PageQuery() {}

  /** A query with the maximum number of items, and nothing else yet. */
  public static PageQuery of(int limit) {
    return new PageQuery().with("limit", limit);
  }

  /** Adds a parameter at the end. */
  public PageQuery with(String name, Object value) {
    query
        .append(query.isEmpty() ? '?' : '&')
        .append(name)
        .append('=')
        .append(UriUtils.encode(value.toString(), UTF_8));
    return this;
  }

  /**
   * The value of a {@code Link} (RFC 8288) to the page. It is relative to the request's URL, so it
   * is right behind any host, scheme and prefix.
   */
  String link() {
    return "<" + query + ">; rel=\"next\"";
  }
}
