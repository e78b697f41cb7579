package dev.tally.api.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tally.common.web.problem.ProblemException;
import dev.tally.common.web.problem.ProblemType;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PageRequestTest {

  @Test
  void withoutParametersAPageIsTheFirstHundred() {
    PageRequest page = PageRequest.of(null, null, null, null);

    assertThat(page).isEqualTo(new PageRequest(0, Long.MAX_VALUE, false, 100));
  }

  @Test
  void eachParameterHasItsPlace() {
    assertThat(PageRequest.of("3", "9", "desc", "5")).isEqualTo(new PageRequest(3, 9, true, 5));
    assertThat(PageRequest.of("0", "0", "asc", "1")).isEqualTo(new PageRequest(0, 0, false, 1));
  }

  @Test
  void aQueryAsksForOneMoreThanThePageHas() {
    assertThat(PageRequest.of(null, null, null, "7").probe()).isEqualTo(8);
  }

  @ParameterizedTest
  @CsvSource({"1,1", "100,100", "1000,1000"})
  void aLimitIsANumberUpToAThousand(String text, int limit) {
    assertThat(PageRequest.limit(text)).isEqualTo(limit);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "0", "-1", "1001", "01", "1.5", "x", "999999999999999"})
  void anyOtherLimitIsMalformed(String limit) {
    assertMalformed(() -> PageRequest.limit(limit), "limit must be a number from 1 to 1,000.");
    assertMalformed(
        () -> PageRequest.of(null, null, null, limit), "limit must be a number from 1 to 1,000.");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "-1", "00", "01", "1.5", "x", "1000000000000000"})
  void whatNoItemHasAsItsNumberIsMalformed(String number) {
    assertMalformed(() -> PageRequest.of(number, null, null, null), "after must be a number.");
    assertMalformed(() -> PageRequest.of(null, number, null, null), "before must be a number.");
    assertMalformed(() -> PageRequest.number("x", number, 3), "x must be a number.");
  }

  @Test
  void aNumberThatIsMissingHasADefault() {
    assertThat(PageRequest.number("x", null, 3)).isEqualTo(3);
    assertThat(PageRequest.number("x", "0", 3)).isZero();
    assertThat(PageRequest.number("x", "999999999999999", 3)).isEqualTo(999_999_999_999_999L);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "ASC", "descending", "1"})
  void anyOtherOrderIsMalformed(String order) {
    assertMalformed(() -> PageRequest.of(null, null, order, null), "order must be asc or desc.");
  }

  private static void assertMalformed(ThrowingCallable call, String detail) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            ProblemException.class,
            problem -> {
              assertThat(problem.type()).isEqualTo(ProblemType.MALFORMED_REQUEST);
              assertThat(problem.detail()).isEqualTo(detail);
            });
  }
}
