package dev.tally.common.partition;

import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;

/**
 * Assigns every app to one of a fixed number of partitions. All Redis keys of an app, and the queue
 * its jobs travel through, belong to its partition, so the number of partitions is fixed for the
 * life of a deployment.
 *
 * @param count how many partitions there are, 1 to {@value #MAX_COUNT}
 */
public record Partitions(int count) {

  /** As many as the two digits of a key's hash tag can tell apart. */
  public static final int MAX_COUNT = 100;

  public Partitions {
    if (count < 1 || count > MAX_COUNT) {
      throw new IllegalArgumentException(
          "the number of partitions must be 1 to %d, not %d".formatted(MAX_COUNT, count));
    }
  }

  /**
   * The partition of the app with this token: CRC-32C (RFC 3720) of its bytes, modulo the count.
   */
  public PartitionKeys of(String token) {
    CRC32C crc = new CRC32C();
    crc.update(token.getBytes(StandardCharsets.UTF_8));
    return new PartitionKeys((int) (crc.getValue() % count));
  }
}
