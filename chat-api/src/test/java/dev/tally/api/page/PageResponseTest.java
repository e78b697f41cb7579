package dev.tally.api.page;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.web.context.request.RequestContextHolder;
import org.springframework.web.context.request.ServletRequestAttributes;

class PageResponseTest {

  @AfterEach
  void endRequest() {
    RequestContextHolder.resetRequestAttributes();
  }

  @Test
  void aPageIsAPlainArray() {
    ResponseEntity<List<Integer>> answer = answer("limit=3", List.of(1, 2, 3));

    assertThat(answer.getStatusCode()).isEqualTo(HttpStatus.OK);
    assertThat(answer.getBody()).containsExactly(1, 2, 3);
  }

  @Test
  void theLastPageHasNoLink() {
    assertThat(answer("limit=3", List.of(1, 2, 3)).getHeaders().headerNames()).isEmpty();
    assertThat(answer("", List.of()).getHeaders().headerNames()).isEmpty();
  }

  @Test
  void aPageThatIsNotTheLastEndsWithItsLimit() {
    ResponseEntity<List<Integer>> answer = answer("limit=3", List.of(1, 2, 3, 4));

    assertThat(answer.getBody()).containsExactly(1, 2, 3);
    assertThat(answer.getHeaders().get("Link"))
        .containsExactly("<http://localhost/apps/x%20y?limit=3&after=3>; rel=\"next\"");
  }

  @ParameterizedTest
  @CsvSource({
    "'',after=3",
    "after=1,after=3",
    "after=1&after=2,after=3",
    "%61fter=1,after=3",
    "after,after=3",
    "q=a%26b+c&after=1&limit=3,q=a%26b+c&limit=3&after=3",
    "&&limit=3&,limit=3&after=3",
    "after2=1&x=after=2,after2=1&x=after=2&after=3"
  })
  void theLinkReplacesOnlyTheCursor(String query, String next) {
    assertThat(answer(query, List.of(1, 2, 3, 4)).getHeaders().getFirst("Link"))
        .isEqualTo("<http://localhost/apps/x%20y?" + next + ">; rel=\"next\"");
  }

  @Test
  void theLinkNeedsNoQuery() {
    assertThat(answer(null, List.of(1, 2, 3, 4)).getHeaders().getFirst("Link"))
        .isEqualTo("<http://localhost/apps/x%20y?after=3>; rel=\"next\"");
  }

  @Test
  void aPageIsMappedItemByItem() {
    Page<String> page = Page.of(List.of(1, 2, 3), 2).map(number -> "n" + number);

    assertThat(page).isEqualTo(new Page<>(List.of("n1", "n2"), true));
    assertThat(Page.of(IntStream.range(0, 2).boxed().toList(), 2).hasNext()).isFalse();
  }

  private static ResponseEntity<List<Integer>> answer(@Nullable String query, List<Integer> found) {
    MockHttpServletRequest request = new MockHttpServletRequest("GET", "/apps/x%20y");
    request.setQueryString(query);
    RequestContextHolder.setRequestAttributes(new ServletRequestAttributes(request));
    return PageResponse.of(Page.of(found, 3), "after", number -> number);
  }
}
