package dev.tally.common.partition;

import dev.tally.common.startup.IncompatibleDataException;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Records in MySQL how many partitions a deployment has. Redis has the number, too, but a Redis
 * that lost its data would take another one.
 */
public final class RecordedPartitions {

  private static final String RECORD =
      """
      INSERT IGNORE INTO deployment (id, partitions) VALUES (1, ?)""";

  private static final String READ =
      """
      SELECT partitions FROM deployment WHERE id = 1""";

  private final JdbcClient jdbc;

  /** A record over these connections. */
  public RecordedPartitions(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * Records the number if there is none.
   *
   * @throws IncompatibleDataException if MySQL has another one
   * @throws org.springframework.dao.DataAccessException if MySQL does not answer
   */
  public void require(Partitions partitions) {
    int own = partitions.count();
    jdbc.sql(RECORD).param(own).update();
    int recorded = jdbc.sql(READ).query(Integer.class).single();
    if (recorded != own) {
      throw new IncompatibleDataException(
          "configured with %d partitions, but MySQL has data of %d: set TALLY_PARTITIONS=%d"
              .formatted(own, recorded, recorded));
    }
  }
}
