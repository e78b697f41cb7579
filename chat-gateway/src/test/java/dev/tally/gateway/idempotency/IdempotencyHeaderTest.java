package dev.tally.gateway.idempotency;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tally.common.accept.IdempotencyKey;
import dev.tally.common.web.problem.ProblemException;
import dev.tally.common.web.problem.ProblemType;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IdempotencyHeaderTest {

  @Test
  void theHeaderIsPartOfTheContract() {
    assertThat(IdempotencyHeader.NAME).isEqualTo("Idempotency-Key");
  }

  @Test
  void aRequestWithoutTheHeaderHasNoKey() {
    assertThat(IdempotencyHeader.key(null, List.of("chats"))).isNull();
  }

  @Test
  void theKeyIsTheHeaderAsSent() {
    String longest = "!~".repeat(127) + "x";
    assertThat(longest).hasSize(255);

    for (String header : List.of("!", "~", longest)) {
      assertThat(key(header, "chats")).isEqualTo(IdempotencyKey.of(header, List.of("chats")));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "a b", " a", "a ", "a\tb", "a\n", "a\u007f", "ä", "🎉"})
  void aKeyWithOtherCharactersIsRefused(String header) {
    assertRefused(header);
  }

  @Test
  void aKeyOf256CharactersIsRefused() {
    assertRefused("k".repeat(256));
  }

  private static void assertRefused(String header) {
    assertThatThrownBy(() -> IdempotencyHeader.key(header, List.of("chats")))
        .isInstanceOfSatisfying(
            ProblemException.class,
            problem -> {
              assertThat(problem.type()).isEqualTo(ProblemType.MALFORMED_REQUEST);
              assertThat(problem.detail())
                  .isEqualTo(
                      "Idempotency-Key must be 1 to 255 printable ASCII characters without"
                          + " spaces.");
            });
  }

  private static IdempotencyKey key(String header, String... request) {
    return requireNonNull(IdempotencyHeader.key(header, List.of(request)));
  }
}
