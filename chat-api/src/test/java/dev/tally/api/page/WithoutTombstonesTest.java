package dev.tally.api.page;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tally.api.answer.Answers;
import dev.tally.api.answer.TestAnswers;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.mock.web.MockHttpServletResponse;

/** Pages that look at three rows. */
class WithoutTombstonesTest {

  private static final int MOST = 3;

  private final Answers answers = TestAnswers.of(8_000_000);

  @ParameterizedTest(name = "limit {0}, rows 1 to {1}, of which {2} are no tombstones")
  @CsvSource(
      delimiter = '|',
      value = {
        "9|0|none|[]|",
        "9|2|none|[]|",
        "9|3|none|[]|",
        "9|4|none|[]|3",
        "9|9|1,9|[1]|3",
        "9|9|3,4|[3]|3",
        "9|3|1,3|[1,3]|",
        "9|9|1,2,3,4|[1,2,3]|3",
        "1|9|1,2|[1]|1",
        "1|9|1,3|[1]|1",
        "1|9|1,4|[1]|3",
        "1|3|1|[1]|",
        "1|9|2|[2]|3"
      })
  void aPageEndsAfterThreeRows(
      int limit, int rows, String live, String items, @Nullable String after) throws Exception {
    MockHttpServletResponse response = new MockHttpServletResponse();
    try (PageBody<Integer> body = PageBody.of(answers, limit)) {
      Predicate<Integer> reader =
          new WithoutTombstones<>(body, row -> !live.contains(row.toString()), MOST);
      for (int row = 1; row <= rows; row++) {
        if (!reader.test(row)) {
          break;
        }
      }
      body.send(last -> PageQuery.of(limit).with("after", last), response);
    }

    assertThat(response.getContentAsString()).isEqualTo(items);
    String link = "<?limit=%d&after=%s>; rel=\"next\"".formatted(limit, after);
    assertThat(response.getHeader("Link")).isEqualTo(after == null ? null : link);
  }
}
