package dev.tally.common.partition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.BitSet;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PartitionsTest {

  /** Queues that hold jobs depend on it: an app must not move. */
  @ParameterizedTest
  @CsvSource({
    "00000000000000000000000000000000, 8",
    "0123456789abcdef0123456789abcdef, 9",
    "ffffffffffffffffffffffffffffffff, 0"
  })
  void anAppStaysWhereItIs(String token, int expected) {
    assertThat(new Partitions(16).of(token).partition()).isEqualTo(expected);
  }

  @Test
  void theHashIsTheStandardsOwn() {
    // RFC 3720's CRC-32C of this text is 0xE3069283
    assertThat(new Partitions(100).of("123456789").partition())
        .isEqualTo((int) (0xE3069283L % 100));
  }

  @Test
  void everyPartitionIsReachedWhateverTheCount() {
    for (int count = 1; count <= Partitions.MAX_COUNT; count++) {
      BitSet reached = new BitSet();
      for (int i = 0; i < 2_000; i++) {
        reached.set(new Partitions(count).of(Integer.toString(i)).partition());
      }

      assertThat(reached.stream()).as("of %d", count).hasSize(count);
      assertThat(reached.length()).isEqualTo(count);
    }
  }

  @Test
  void appsSpreadEvenly() {
    Random random = new Random(1);
    int[] apps = new int[16];
    for (int i = 0; i < 16_000; i++) {
      byte[] token = new byte[16];
      random.nextBytes(token);
      apps[new Partitions(16).of(HexFormat.of().formatHex(token)).partition()]++;
    }

    for (int count : apps) {
      assertThat(count).isBetween(850, 1150);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -1, 101})
  void aCountThatCannotBeIsRefused(int count) {
    assertThatThrownBy(() -> new Partitions(count)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void keysOfAPartitionShareItsHashTag() {
    PartitionKeys keys = new PartitionKeys(7);

    assertThat(keys.chats("abc")).isEqualTo("tally:{07}:abc:chats");
    assertThat(keys.messages("abc", 12)).isEqualTo("tally:{07}:abc:12:messages");
    assertThat(keys.messagesBeforeNumber("abc") + 12 + PartitionKeys.MESSAGES_AFTER_NUMBER)
        .isEqualTo(keys.messages("abc", 12));
    assertThat(keys.jobs()).isEqualTo("tally:{07}:jobs");
    assertThat(keys.claimed()).isEqualTo("tally:{07}:claimed");
    assertThat(keys.owner()).isEqualTo("tally:{07}:owner");
    assertThat(keys.dead()).isEqualTo("tally:{07}:dead");
    assertThat(keys.hints()).isEqualTo("tally:{07}:hints");
    assertThat(keys.idempotency("abc", "k")).isEqualTo("tally:{07}:abc:idempotency:k");
  }

  @Test
  void aHashTagHasTwoDigits() {
    assertThat(new PartitionKeys(0).jobs()).isEqualTo("tally:{00}:jobs");
    assertThat(new PartitionKeys(99).jobs()).isEqualTo("tally:{99}:jobs");
  }

  @Test
  void keysOfTheDeploymentHaveNoHashTag() {
    assertThat(PartitionKeys.WORKERS).isEqualTo("tally:workers");
    assertThat(PartitionKeys.PARTITION_COUNT).isEqualTo("tally:partitions");
  }
}
