package dev.tally.common.accept.counter;

import dev.tally.common.epoch.PartitionRow;
import dev.tally.common.epoch.PartitionRows;
import dev.tally.common.partition.PartitionKeys;
import java.util.function.Function;
import org.springframework.dao.TransientDataAccessResourceException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Reads MySQL while no worker persists jobs of a partition. A worker's transaction may be open
 * whose jobs are neither in Redis any more nor visible in MySQL yet: a counter that is set in
 * between would give out their numbers again.
 */
final class PersistBarrier {

  /** A client waits meanwhile. */
  private static final int MOST_SECONDS = 2;

  private final PartitionRows rows;
  private final TransactionTemplate transaction;

  PersistBarrier(JdbcClient jdbc, PlatformTransactionManager transactions) {
    this.rows = new PartitionRows(jdbc);
    this.transaction = new TransactionTemplate(transactions);
    // What a worker has committed before must be visible.
    this.transaction.setIsolationLevel(TransactionDefinition.ISOLATION_READ_COMMITTED);
    this.transaction.setTimeout(MOST_SECONDS);
  }

  /**
   * Waits for the transactions that persist jobs of the partition, does some work, and lets the
   * next ones begin.
   *
   * @param work gets the partition's row, which does not change meanwhile
   * @throws org.springframework.dao.DataAccessException if a transaction does not end in time, or
   *     MySQL does not answer
   */
  <T> T behind(PartitionKeys keys, Function<PartitionRow, T> work) {
    try {
      return transaction.execute(_ -> work.apply(rows.share(keys.partition())));
    } catch (TransactionException e) {
      // Too slow, or the connection broke: then the rollback fails, too, and hides why it was due.
      throw new TransientDataAccessResourceException(
          "partition %d: the transaction did not end".formatted(keys.partition()), e);
    }
  }
}
