package dev.tally.common.partition;

import dev.tally.common.identity.AppToken;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;

/**
 * Assigns every app to one of a fixed number of partitions. An app's Redis keys and queue belong to
 * its partition, so the number of partitions is fixed for the life of a deployment.
 *
 * @param count how many partitions there are, 1 to {@value #MAX_COUNT}
 */
public record Partitions(int count) {

  /** A key's hash tag has two digits. */
  public static final int MAX_COUNT = 100;

  public Partitions {
    if (count < 1 || count > MAX_COUNT) {
      throw new IllegalArgumentException(
          "the number of partitions must be 1 to %d, not %d".formatted(MAX_COUNT, count));
    }
  }

  /** The partition of an app: CRC-32C (RFC 3720) of its token's bytes, modulo the count. */
  public PartitionKeys of(AppToken app) {
    CRC32C crc = new CRC32C();
    crc.update(app.value().getBytes(StandardCharsets.UTF_8));
    return new PartitionKeys((int) (crc.getValue() % count));
  }
}
