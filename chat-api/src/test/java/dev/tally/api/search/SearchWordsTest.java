package dev.tally.api.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tally.common.web.problem.ProblemException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SearchWordsTest {

  @Test
  void wordsAreWhatSpacesPart() {
    assertThat(SearchWords.of("  hello\tbig-world \n 🎉 ").words())
        .containsExactly("hello", "big-world", "🎉");
  }

  @Test
  void punctuationAloneIsNoWord() {
    assertThat(SearchWords.of("hello !! * ").words()).containsExactly("hello");
    assertThat(SearchWords.of("?!").words()).isEmpty();
  }

  @Test
  void aSearchHasItsBounds() {
    assertThat(SearchWords.of("x".repeat(256)).words()).hasSize(1);
    assertThat(SearchWords.of("x ".repeat(32)).words()).hasSize(32);
    assertThatThrownBy(() -> SearchWords.of("x".repeat(257))).isInstanceOf(ProblemException.class);
    assertThatThrownBy(() -> SearchWords.of("x ".repeat(33))).isInstanceOf(ProblemException.class);
    assertThatThrownBy(() -> SearchWords.of(null)).isInstanceOf(ProblemException.class);
    assertThatThrownBy(() -> SearchWords.of(" \t")).isInstanceOf(ProblemException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"x-", "1/", "東", "の", "🎉", "👨‍👩‍👧", "é_", "ว.", "x\u00a0"})
  void wordsAreCountedAsElasticsearchPartsThem(String word) {
    assertThat(SearchWords.of(word.repeat(32)).words()).hasSize(1);
    assertThatThrownBy(() -> SearchWords.of(word.repeat(33)))
        .isInstanceOf(ProblemException.class)
        .hasMessageContaining("at most 32 words");
  }

  @ParameterizedTest
  @ValueSource(strings = {"order", "élan-vital", "no order", "Пошта", "東 order"})
  void aWordOfFiveLettersMayHaveATypo(String q) {
    assertThat(SearchWords.of(q).mayHaveTypos()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"ordr", "e\u0301la\u0301n", "48213", "order66", "x²-order", "東京都庁舎"})
  void aShortWordAndOneWithADigitMayNot(String q) {
    assertThat(SearchWords.of(q).mayHaveTypos()).isFalse();
  }
}
