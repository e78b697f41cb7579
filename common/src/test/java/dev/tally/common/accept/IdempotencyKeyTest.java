package dev.tally.common.accept;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class IdempotencyKeyTest {

  /** A gateway of another version must find the same name and fingerprint in a record. */
  @Test
  void namesAndFingerprintsAreTheBeginningsOfDigests() {
    // printf '5:chats' | openssl dgst -binary -sha256 | head -c 9 | base64
    assertThat(key("k", "chats").fingerprint()).isEqualTo("b5ElLguQ4YkE");
    // printf '9:message 14:🎉' | openssl dgst -binary -sha256 | head -c 9 | base64
    assertThat(key("k", "message 1", "🎉").fingerprint()).isEqualTo("P-_4t5vXi08a");
    // printf '1:k' | openssl dgst -binary -sha256 | head -c 12 | base64
    assertThat(key("k", "chats").name()).isEqualTo("XXyWNBvCVFmyBIkC");
    assertThat(key("k", "chats").shard()).isEqualTo('X');
  }

  /** A record must fit into a hash that Redis keeps in one piece. */
  @Test
  void theLongestKeyIsAsShortAsOthers() {
    assertThat(key("k".repeat(255), "chats").name()).hasSize(16);
    assertThat(key("", "x".repeat(1_000_000)).fingerprint()).hasSize(12);
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
