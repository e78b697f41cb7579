package dev.tally.api.page;

import java.util.List;
import java.util.function.Function;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseEntity;

/** Answers with a plain array, and with a {@code Link} to the next page. */
public final class PageResponse {

  private PageResponse() {}

  /**
   * Makes an answer.
   *
   * @param next the query of the page after an item
   */
  public static <T> ResponseEntity<List<T>> of(Page<T> page, Function<T, PageQuery> next) {
    ResponseEntity.BodyBuilder response = ResponseEntity.ok();
    if (page.hasNext()) {
      response.header(HttpHeaders.LINK, next.apply(page.items().getLast()).link());
    }
    return response.body(page.items());
  }
}
