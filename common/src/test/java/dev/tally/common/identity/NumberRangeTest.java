package dev.tally.common.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class NumberRangeTest {

  @Test
  void aRangeHasAtLeastOneNumber() {
    assertThat(new NumberRange(5, 5).size()).isEqualTo(1);
    assertThat(new NumberRange(5, 7).size()).isEqualTo(3);
    assertThatThrownBy(() -> new NumberRange(5, 4)).isInstanceOf(IllegalArgumentException.class);
  }
}
