package dev.tally.worker.position;

import dev.tally.common.log.LoggedFault;
import dev.tally.worker.lease.OwnedPartitions;
import dev.tally.worker.periodic.PeriodicTask;
import java.time.Duration;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Profile;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;

/**
 * Records the positions of this worker's partitions every few seconds. So a server that was set
 * back is noticed without a write, too.
 */
@Component
@Profile("service")
final class PositionRecorder implements SmartLifecycle {

  private static final Logger log = LoggerFactory.getLogger(PositionRecorder.class);

  private static final Duration INTERVAL = Duration.ofSeconds(10);
  private static final Duration STOP_PATIENCE = Duration.ofSeconds(10);

  private final OwnedPartitions partitions;
  private final PositionRecord record;
  private final PeriodicTask task =
      new PeriodicTask(log, "position-recorder", INTERVAL, this::recordIfPossible);

  PositionRecorder(OwnedPartitions partitions, PositionRecord record) {
    this.partitions = partitions;
    this.record = record;
  }

  @Override
  public void start() {
    task.start(INTERVAL);
  }

  @Override
  public void stop() {
    if (!task.stop(STOP_PATIENCE)) {
      log.warn("the positions were not recorded in time");
    }
  }

  @Override
  public boolean isRunning() {
    return task.isRunning();
  }

  private Duration recordIfPossible() {
    try {
      Set<Integer> owned = partitions.owned();
      record.retain(owned);
      record.record(owned);
    } catch (DataAccessException | TransactionException e) {
      log.debug("positions could not be recorded: {}", LoggedFault.line(e));
    }
    return INTERVAL;
  }
}
