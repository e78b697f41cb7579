package dev.tally.api.page;

import java.util.List;
import java.util.function.Function;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseEntity;
import org.springframework.web.servlet.support.ServletUriComponentsBuilder;

/** Answers with a plain array, and a {@code Link} (RFC 8288) to what comes next. */
public final class PageResponse {

  private PageResponse() {}

  /**
   * The answer to the current request.
   *
   * @param parameter the query parameter that says where the next page starts
   * @param cursor its value for a page that starts behind an item; letters, digits, - and _ only
   */
  public static <T> ResponseEntity<List<T>> of(
      Page<T> page, String parameter, Function<T, Object> cursor) {
    ResponseEntity.BodyBuilder response = ResponseEntity.ok();
    if (page.hasNext()) {
      String next =
          ServletUriComponentsBuilder.fromCurrentRequest()
              .replaceQueryParam(parameter, cursor.apply(page.items().getLast()))
              // the request's own parameters are encoded already, and cursors need no encoding
              .build(true)
              .toUriString();
      response.header(HttpHeaders.LINK, "<%s>; rel=\"next\"".formatted(next));
    }
    return response.body(page.items());
  }
}
