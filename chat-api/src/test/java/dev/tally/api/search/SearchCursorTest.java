package dev.tally.api.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tally.common.identity.Numbers;
import dev.tally.common.web.problem.ProblemException;
import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class SearchCursorTest {

  static List<SearchCursor> cursors() {
    return List.of(
        new SearchCursor(SearchOrder.RELEVANCE, false, 1, 1),
        new SearchCursor(SearchOrder.RELEVANCE, true, 1_090, 987_654_321L),
        new SearchCursor(SearchOrder.RELEVANCE, false, Tier.HIGHEST_RANK, Numbers.HIGHEST),
        new SearchCursor(SearchOrder.NEWEST, false, 0, 1),
        new SearchCursor(SearchOrder.NEWEST, true, 0, Numbers.HIGHEST));
  }

  @ParameterizedTest
  @MethodSource("cursors")
  void aCursorIsReadAsItWasWritten(SearchCursor cursor) {
    assertThat(cursor.encode()).matches("[A-Za-z0-9_-]{19}");
    assertThat(SearchCursor.decode(cursor.encode(), cursor.order())).isEqualTo(cursor);
  }

  @Test
  void theHighestRankIsThatOfTheMostWords() {
    assertThat(Tier.HIGHEST_RANK).isEqualTo(34_880);
  }

  @ParameterizedTest
  @MethodSource("cursors")
  void aCursorOfAnotherOrderIsTold(SearchCursor cursor) {
    SearchOrder other =
        cursor.order() == SearchOrder.NEWEST ? SearchOrder.RELEVANCE : SearchOrder.NEWEST;

    assertThatThrownBy(() -> SearchCursor.decode(cursor.encode(), other))
        .isInstanceOf(ProblemException.class)
        .hasMessageContaining("after is a cursor of another order.");
  }

  /** Such cursors had a score, whose bits may look like anything. */
  @ParameterizedTest
  @ValueSource(strings = {"P_PA4gAAAAAAAAAAAAAAAQ", "AQAAAAABAAAAAAAAAAAAAQ"})
  void anOlderCursorIsTold(String text) {
    assertThatThrownBy(() -> SearchCursor.decode(text, SearchOrder.RELEVANCE))
        .isInstanceOf(ProblemException.class)
        .hasMessageContaining("older version: search again from the first page.");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "x", "!!!!", "AQAAAAABAAAAAAAAAA", "AQAAAAABAAAAAAAAAAEA"})
  void anyOtherTextIsNoCursor(String text) {
    assertIsNoCursor(text, SearchOrder.RELEVANCE);
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0, 1, 1, RELEVANCE",
    "2, 0, 1, 1, RELEVANCE",
    "1, 4, 1, 1, RELEVANCE",
    "1, -1, 0, 1, NEWEST",
    "1, 0, 0, 1, RELEVANCE",
    "1, 0, -1, 1, RELEVANCE",
    "1, 0, 34881, 1, RELEVANCE",
    "1, 2, 1, 1, NEWEST",
    "1, 0, 1, 0, RELEVANCE",
    "1, 0, 1, -1, RELEVANCE",
    "1, 0, 1, 1000000000000000, RELEVANCE",
    "1, 2, 0, 0, NEWEST"
  })
  void aCursorThatNoSearchGivesOutIsNone(
      byte format, byte flags, int rank, long number, SearchOrder order) {
    byte[] bytes =
        ByteBuffer.allocate(14).put(format).put(flags).putInt(rank).putLong(number).array();

    assertIsNoCursor(Base64.getUrlEncoder().withoutPadding().encodeToString(bytes), order);
  }

  private static void assertIsNoCursor(String text, SearchOrder order) {
    assertThatThrownBy(() -> SearchCursor.decode(text, order))
        .isInstanceOf(ProblemException.class)
        .hasMessageContaining("after is no cursor of a search.");
  }
}
