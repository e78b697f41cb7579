package dev.tally.gateway.idempotency;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tally.common.web.problem.ProblemException;
import dev.tally.common.web.problem.ProblemType;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IdempotencyKeyTest {

  /** Records in Redis outlive a release, so what these constants say must not change unnoticed. */
  @Test
  void theHeaderAndTheLifeOfAKeyArePartOfTheContract() {
    assertThat(IdempotencyKey.HEADER).isEqualTo("Idempotency-Key");
    assertThat(IdempotencyKey.LIFE).isEqualTo(Duration.ofDays(1));
  }

  @Test
  void aRequestWithoutTheHeaderHasNoKey() {
    assertThat(IdempotencyKey.of(null, List.of("chats"))).isNull();
  }

  @Test
  void theKeyIsTheHeaderAsSent() {
    String longest = "!~".repeat(127) + "x";

    assertThat(key("!").value()).isEqualTo("!");
    assertThat(key("~").value()).isEqualTo("~");
    assertThat(longest).hasSize(255);
    assertThat(key(longest).value()).isEqualTo(longest);
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

  /** A gateway of another version must find the same fingerprint in a record. */
  @Test
  void theFingerprintIsTheSha256OfEachPartAfterItsLengthInBytes() {
    // printf '5:chats' | sha256sum
    assertThat(key("k", "chats").fingerprint())
        .isEqualTo("6f91252e0b90e189049d62f53447d5d79211db45968c4d79624f7d8808afeac7");
    // printf '9:message 14:🎉' | sha256sum
    assertThat(key("k", "message 1", "🎉").fingerprint())
        .isEqualTo("3feff8b79bd78b4f1aa85ae5f47e82dcd36372abffb1e4dce7fff2e671f7180a");
  }

  @Test
  void theSameRequestHasTheSameFingerprint() {
    assertThat(key("k", "message 1", "hi")).isEqualTo(key("k", "message 1", "hi"));
    assertThat(key("a", "message 1", "hi").fingerprint())
        .isEqualTo(key("b", "message 1", "hi").fingerprint());
  }

  @Test
  void otherRequestsHaveOtherFingerprints() {
    assertThat(
            List.of(
                key("k").fingerprint(),
                key("k", "").fingerprint(),
                key("k", "ab").fingerprint(),
                key("k", "a", "b").fingerprint(),
                key("k", "b", "a").fingerprint(),
                key("k", "", "ab").fingerprint(),
                key("k", "ab", "").fingerprint(),
                key("k", "a1:b").fingerprint(),
                // Both look alike, and are different texts.
                key("k", "é").fingerprint(),
                key("k", "e\u0301").fingerprint()))
        .doesNotHaveDuplicates();
  }

  private static void assertRefused(String header) {
    assertThatThrownBy(() -> IdempotencyKey.of(header, List.of("chats")))
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
    return requireNonNull(IdempotencyKey.of(header, List.of(request)));
  }
}
