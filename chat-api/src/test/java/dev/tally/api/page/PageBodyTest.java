package dev.tally.api.page;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tally.api.answer.Answers;
import dev.tally.api.answer.TestAnswers;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.mock.web.MockHttpServletResponse;

class PageBodyTest {

  private final Answers answers = TestAnswers.of(8_000_000);

  @Test
  void aPageIsAPlainArray() throws Exception {
    MockHttpServletResponse response = answer(PageRequest.of(null, null, null, "3"), 3);

    assertThat(response.getStatus()).isEqualTo(200);
    assertThat(response.getContentType()).isEqualTo("application/json");
    assertThat(response.getContentAsString()).isEqualTo("[1,2,3]");
    assertThat(response.getContentLength()).isEqualTo(7);
  }

  @Test
  void theLastPageHasNoLink() throws Exception {
    PageRequest request = PageRequest.of(null, null, null, "3");

    assertThat(answer(request, 3).getHeader("Link")).isNull();
    assertThat(answer(request, 0).getHeader("Link")).isNull();
    assertThat(answer(request, 0).getContentAsString()).isEqualTo("[]");
  }

  @Test
  void aPageThatIsNotTheLastEndsWithItsLimit() throws Exception {
    MockHttpServletResponse response = answer(PageRequest.of(null, null, null, "3"), 4);

    assertThat(response.getContentAsString()).isEqualTo("[1,2,3]");
    assertThat(response.getHeaders("Link")).containsExactly("<?limit=3&after=3>; rel=\"next\"");
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
    assertThat(answer(PageRequest.of(after, before, order, limit), 4).getHeader("Link"))
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

  /** A control character is one byte in MySQL, and six in JSON. */
  @ParameterizedTest
  @ValueSource(strings = {"x", "\u0001", "🎉"})
  void aPageEndsAtItsBytes(String character) throws Exception {
    int bytes = answers.encode(character).length - "''".length();
    List<String> items = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      items.add(i + ":" + character.repeat(60_000 / bytes));
    }

    MockHttpServletResponse response = send(items, 1_000);

    assertThat(response.getContentAsByteArray().length)
        .isBetween(PageBody.MAX_BYTES - 70_000, PageBody.MAX_BYTES);
    assertThat(response.getHeader("Link")).isEqualTo("<?limit=1000&after=16>; rel=\"next\"");
  }

  @Test
  void aPageHasOneItemHoweverLong() throws Exception {
    MockHttpServletResponse response = send(List.of("0:" + "x".repeat(3_000_000), "1:x"), 10);

    assertThat(response.getContentAsByteArray()).hasSize(3_000_006);
    assertThat(response.getHeader("Link")).isEqualTo("<?limit=10&after=0>; rel=\"next\"");
    assertThat(send(List.of("0:" + "x".repeat(3_000_000)), 10).getHeader("Link")).isNull();
  }

  @Test
  void aPageThatEndsWithTheLastItemHasNoLink() throws Exception {
    // An array of two such strings has exactly the most bytes: [" and ", " and "].
    String half = "x".repeat((PageBody.MAX_BYTES - 3) / 2 - 2);

    MockHttpServletResponse exact = send(List.of(half, half), 10);
    MockHttpServletResponse over = send(List.of(half, half + "xx"), 10);

    assertThat(exact.getContentAsString(UTF_8).length())
        .isBetween(PageBody.MAX_BYTES - 1, PageBody.MAX_BYTES);
    assertThat(exact.getHeader("Link")).isNull();
    assertThat(over.getContentAsString(UTF_8).length()).isLessThan(PageBody.MAX_BYTES / 2 + 9);
    assertThat(over.getHeader("Link")).isNotNull();
  }

  private MockHttpServletResponse send(List<String> items, int limit) {
    MockHttpServletResponse response = new MockHttpServletResponse();
    try (PageBody<String> body = PageBody.of(answers, limit)) {
      body.addAll(items);
      body.send(last -> PageQuery.of(limit).with("after", last.split(":", 2)[0]), response);
    }
    return response;
  }

  /** The answer to a request, if a query that asked for one item more found this many. */
  private MockHttpServletResponse answer(PageRequest request, int found) {
    MockHttpServletResponse response = new MockHttpServletResponse();
    try (PageBody<Long> body = PageBody.of(answers, request.limit())) {
      body.addAll(IntStream.rangeClosed(1, found).mapToObj(Long::valueOf).toList());
      body.send(request::after, response);
    }
    return response;
  }
}
