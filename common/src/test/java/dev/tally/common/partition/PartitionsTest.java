package dev.tally.common.partition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tally.common.identity.AppToken;
import java.util.BitSet;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PartitionsTest {

  /** An app that moved would leave its jobs and counters behind. */
  @ParameterizedTest
  @CsvSource({
    "00000000000000000000000000000000, 8",
    "0123456789abcdef0123456789abcdef, 9",
    "ffffffffffffffffffffffffffffffff, 0"
  })
  void anAppStaysInItsPartition(String token, int expected) {
    assertThat(new Partitions(16).of(new AppToken(token)).partition()).isEqualTo(expected);
  }

  @Test
  void theHashIsStandardCrc32c() {
    // Another program's CRC-32C (RFC 3720) of this token's digits is 0x5CD03E99.
    assertThat(new Partitions(100).of(new AppToken("0123456789abcdef0123456789abcdef")).partition())
        .isEqualTo((int) (0x5CD03E99L % 100));
  }

  @Test
  void everyPartitionIsReachedWithAnyCount() {
    for (int count = 1; count <= Partitions.MAX_COUNT; count++) {
      BitSet reached = new BitSet();
      for (int i = 0; i < 2_000; i++) {
        reached.set(new Partitions(count).of(new AppToken("%032x".formatted(i))).partition());
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
      apps[new Partitions(16).of(new AppToken(HexFormat.of().formatHex(token))).partition()]++;
    }

    for (int count : apps) {
      assertThat(count).isBetween(850, 1150);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -1, 101})
  void aCountOutsideOneToAHundredIsRefused(int count) {
    assertThatThrownBy(() -> new Partitions(count)).isInstanceOf(IllegalArgumentException.class);
  }
}
