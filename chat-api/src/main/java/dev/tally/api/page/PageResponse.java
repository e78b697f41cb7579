package dev.tally.api.page;

import static java.nio.charset.StandardCharsets.UTF_8;

import jakarta.servlet.http.HttpServletRequest;
import java.net.URLDecoder;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseEntity;
import org.springframework.web.context.request.RequestContextHolder;
import org.springframework.web.context.request.ServletRequestAttributes;
import org.springframework.web.servlet.support.ServletUriComponentsBuilder;

/** Answers with a plain array, and with a {@code Link} (RFC 8288) to the next page. */
public final class PageResponse {

  private PageResponse() {}

  /**
   * Makes the answer to the current request.
   *
   * @param parameter the query parameter that holds the cursor
   * @param cursor the cursor of the page after an item, made of letters, digits, - and _ only
   */
  public static <T> ResponseEntity<List<T>> of(
      Page<T> page, String parameter, Function<T, Object> cursor) {
    ResponseEntity.BodyBuilder response = ResponseEntity.ok();
    if (page.hasNext()) {
      String next = next(parameter, cursor.apply(page.items().getLast()));
      response.header(HttpHeaders.LINK, "<%s>; rel=\"next\"".formatted(next));
    }
    return response.body(page.items());
  }

  /** The current request's URL with another cursor. Its other parameters stay as they were sent. */
  private static String next(String parameter, Object cursor) {
    HttpServletRequest request =
        ((ServletRequestAttributes) RequestContextHolder.currentRequestAttributes()).getRequest();
    StringBuilder url =
        new StringBuilder(
            ServletUriComponentsBuilder.fromCurrentRequestUri().build(true).toUriString());
    url.append('?');
    for (String pair : Objects.requireNonNullElse(request.getQueryString(), "").split("&", -1)) {
      String name = pair.split("=", 2)[0];
      if (!pair.isEmpty() && !URLDecoder.decode(name, UTF_8).equals(parameter)) {
        url.append(pair).append('&');
      }
    }
    return url.append(parameter).append('=').append(cursor).toString();
  }
}
