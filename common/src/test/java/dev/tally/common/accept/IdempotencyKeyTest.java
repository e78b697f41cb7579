package dev.tally.common.accept;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class IdempotencyKeyTest {

  /** Records in Redis outlive a release, so what this constant says must not change unnoticed. */
  @Test
  void theLifeOfAKeyIsPartOfTheContract() {
    assertThat(IdempotencyKey.LIFE).isEqualTo(Duration.ofDays(1));
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

  private static IdempotencyKey key(String value, String... request) {
    return IdempotencyKey.of(value, List.of(request));
  }
}
