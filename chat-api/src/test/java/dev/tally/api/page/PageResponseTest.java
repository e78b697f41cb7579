package dev.tally.api.page;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;

class PageResponseTest {

  @Test
  void aPageIsAPlainArray() {
    ResponseEntity<List<Long>> answer = answer(PageRequest.of(null, null, null, "3"), 3);

    assertThat(answer.getStatusCode()).isEqualTo(HttpStatus.OK);
    assertThat(answer.getBody()).containsExactly(1L, 2L, 3L);
  }

  @Test
  void theLastPageHasNoLink() {
    PageRequest request = PageRequest.of(null, null, null, "3");

    assertThat(answer(request, 3).getHeaders().headerNames()).isEmpty();
    assertThat(answer(request, 0).getHeaders().headerNames()).isEmpty();
  }

  @Test
  void aPageThatIsNotTheLastEndsWithItsLimit() {
    ResponseEntity<List<Long>> answer = answer(PageRequest.of(null, null, null, "3"), 4);

    assertThat(answer.getBody()).containsExactly(1L, 2L, 3L);
    assertThat(answer.getHeaders().get("Link")).containsExactly("<?limit=3&after=3>; rel=\"next\"");
  }

  @ParameterizedTest
  @CsvSource({
    ",,,3,limit=3&after=3",
    ",,asc,3,limit=3&after=3",
    "0,,,3,limit=3&after=3",
    "9,,,3,limit=3&after=3",
    ",7,,3,limit=3&before=7&after=3",
    ",,desc,3,limit=3&order=desc&before=3",
    ",9,desc,3,limit=3&order=desc&before=3",
    "0,9,desc,3,limit=3&order=desc&before=3",
    "1,9,desc,3,limit=3&order=desc&after=1&before=3"
  })
  void theLinkKeepsTheRequestAndMovesTheCursor(
      @Nullable String after,
      @Nullable String before,
      @Nullable String order,
      String limit,
      String next) {
    assertThat(answer(PageRequest.of(after, before, order, limit), 4).getHeaders().getFirst("Link"))
        .isEqualTo("<?" + next + ">; rel=\"next\"");
  }

  @Test
  void theLinkNamesTheLimitThatARequestWithoutOneGets() {
    assertThat(PageRequest.of(null, null, null, null).after(100).link())
        .isEqualTo("<?limit=100&after=100>; rel=\"next\"");
  }

  @ParameterizedTest
  @CsvSource({"a&b,a%26b", "a b,a%20b", "<é>,%3C%C3%A9%3E", "a+b,a%2Bb", "a-b_c,a-b_c"})
  void aTextInTheLinkIsEncoded(String text, String encoded) {
    assertThat(PageQuery.of(1).with("q", text).link())
        .isEqualTo("<?limit=1&q=" + encoded + ">; rel=\"next\"");
  }

  @Test
  void aPageIsMappedItemByItem() {
    Page<String> page = Page.of(List.of(1, 2, 3), 2).map(number -> "n" + number);

    assertThat(page).isEqualTo(new Page<>(List.of("n1", "n2"), true));
    assertThat(Page.of(IntStream.range(0, 2).boxed().toList(), 2).hasNext()).isFalse();
  }

  /** The answer to a request, if a query that asked for one item more found this many. */
  private static ResponseEntity<List<Long>> answer(PageRequest request, int found) {
    List<Long> numbers = IntStream.rangeClosed(1, found).mapToObj(Long::valueOf).toList();
    return PageResponse.of(Page.of(numbers, request.limit()), request::after);
  }
}
