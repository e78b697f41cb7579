package dev.tally.common.epoch;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The statements about the partitions' rows, in SQL that MySQL and MariaDB share. */
public final class PartitionRows {

  private static final String READ =
      """
      SELECT term, epoch, persisted, seen, fill_due, ended_epoch, ended_persisted
      FROM partition_positions WHERE partition_number = ?""";

  private static final String CREATE =
      """
      INSERT IGNORE INTO partition_positions (partition_number) VALUES (?)""";

  private static final String LOCK = READ + " FOR UPDATE";

  /** MariaDB has no {@code FOR SHARE}. */
  private static final String SHARE = READ + " LOCK IN SHARE MODE";

  private static final String ADVANCE =
      """
      INSERT INTO partition_positions (partition_number, term, epoch, persisted, seen)
      VALUES (:partition, :term, :epoch, :persisted, :seen)
      ON DUPLICATE KEY UPDATE
        term = GREATEST(term, :term),
        epoch = GREATEST(epoch, :epoch),
        persisted = GREATEST(persisted, :persisted),
        seen = GREATEST(seen, :seen)""";

  private static final String SETTLE =
      """
      UPDATE partition_positions SET persisted = :position, seen = GREATEST(seen, :position)
      WHERE partition_number = :partition AND epoch = :epoch
        AND persisted = :persisted AND persisted < :position""";

  private static final String END_EPOCH =
      """
      UPDATE partition_positions SET ended_epoch = epoch, ended_persisted = persisted
      WHERE partition_number = ? AND ended_epoch IS NULL""";

  private static final String COMPARED =
      """
      UPDATE partition_positions SET ended_epoch = NULL, ended_persisted = NULL
      WHERE partition_number = ? AND ended_epoch IS NOT NULL""";

  private static final String FILL_IS_DUE =
      """
      UPDATE partition_positions
      SET fill_due = :epoch, index_due = :epoch,
          ended_epoch = :epoch - 1, ended_persisted = :all
      WHERE partition_number = :partition""";

  private static final String FILLED =
      """
      UPDATE partition_positions SET fill_due = 0
      WHERE partition_number = :partition AND fill_due = :epoch""";

  private static final String INDEX_DUE =
      """
      SELECT partition_number, index_due FROM partition_positions WHERE index_due <> 0""";

  private static final String INDEX_BUILT =
      """
      UPDATE partition_positions SET index_due = 0
      WHERE partition_number = :partition AND index_due = :epoch""";

  private final JdbcClient jdbc;

  /** Statements that run in the caller's transaction, if there is one. */
  public PartitionRows(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** What the row holds; zeros if there is none. */
  public PartitionRow read(int partition) {
    return find(READ, partition).orElse(PartitionRow.NONE);
  }

  /** Locks the row until the transaction ends; makes it if there is none. */
  public PartitionRow lock(int partition) {
    return findOrCreate(LOCK, partition);
  }

  /**
   * Waits for all that lock the row, and keeps others from locking it until the transaction ends.
   * Makes the row if there is none.
   */
  public PartitionRow share(int partition) {
    return findOrCreate(SHARE, partition);
  }

  /** Raises each value of the row to the given one; none falls. */
  public void advance(int partition, PartitionRow to) {
    jdbc.sql(ADVANCE)
        .param("partition", partition)
        .param("term", to.term())
        .param("epoch", to.epoch())
        .param("persisted", to.persisted())
        .param("seen", to.seen())
        .update();
  }

  /**
   * Raises what the row says is persisted to a position up to which no job is left to be persisted.
   *
   * @param from what {@link #read} returned
   * @return false if the row is as high already, or has changed since; nothing has happened
   */
  public boolean settle(int partition, PartitionRow from, long position) {
    return jdbc.sql(SETTLE)
            .param("partition", partition)
            .param("epoch", from.epoch())
            .param("persisted", from.persisted())
            .param("position", position)
            .update()
        > 0;
  }

  /** Keeps how far the present epoch came, unless an earlier one waits to be compared. */
  void endEpoch(int partition) {
    jdbc.sql(END_EPOCH).param(partition).update();
  }

  /** Records that the row, and the epochs that have ended, were compared with their record. */
  void compared(int partition) {
    jdbc.sql(COMPARED).param(partition).update();
  }

  /**
   * Records that the numbers that MySQL has lost are filled.
   *
   * @param due what {@link PartitionRow#fillDue} was when that began
   */
  public void filled(int partition, long due) {
    jdbc.sql(FILLED).param("partition", partition).param("epoch", due).update();
  }

  /**
   * The partitions of which the search index may have messages that MySQL has lost, each with the
   * epoch that began then.
   */
  public Map<Integer, Long> indexDue() {
    Map<Integer, Long> due = new TreeMap<>();
    jdbc.sql(INDEX_DUE)
        .query(
            row -> {
              due.put(row.getInt(1), row.getLong(2));
            });
    return due;
  }

  /**
   * Records that a search index was built.
   *
   * @param due what {@link #indexDue} was when that began
   */
  public void indexBuilt(Map<Integer, Long> due) {
    due.forEach(
        (partition, epoch) ->
            jdbc.sql(INDEX_BUILT).param("partition", partition).param("epoch", epoch).update());
  }

  /**
   * Records that MySQL was set back: its lost numbers are to be filled, and an index is due. No
   * record of an earlier epoch can be ahead of the highest position: what it would tell is known.
   */
  void fillIsDue(int partition, long epoch) {
    jdbc.sql(FILL_IS_DUE)
        .param("partition", partition)
        .param("epoch", epoch)
        .param("all", Long.MAX_VALUE)
        .update();
  }

  /** An insertion would wait for all that lock the row, so the row is looked for first. */
  private PartitionRow findOrCreate(String sql, int partition) {
    Optional<PartitionRow> row = find(sql, partition);
    if (row.isPresent()) {
      return row.get();
    }
    jdbc.sql(CREATE).param(partition).update();
    return find(sql, partition).orElse(PartitionRow.NONE);
  }

  private Optional<PartitionRow> find(String sql, int partition) {
    return jdbc.sql(sql)
        .param(partition)
        .query(
            (row, _) ->
                new PartitionRow(
                    row.getLong(1),
                    row.getLong(2),
                    row.getLong(3),
                    row.getLong(4),
                    row.getLong(5),
                    ended(row)))
        .optional();
  }

  private static PartitionRow.@Nullable End ended(ResultSet row) throws SQLException {
    Long epoch = row.getObject(6, Long.class);
    return epoch == null ? null : new PartitionRow.End(epoch, row.getLong(7));
  }
}
