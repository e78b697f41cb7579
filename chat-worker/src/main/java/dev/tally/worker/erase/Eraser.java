package dev.tally.worker.erase;

import dev.tally.common.log.RepeatedWarning;
import dev.tally.common.partition.RedisLayout;
import dev.tally.common.search.SearchFault;
import dev.tally.common.web.problem.ProblemException;
import dev.tally.worker.erase.Erasure.Outcome;
import dev.tally.worker.lease.OwnedPartitions;
import dev.tally.worker.periodic.PeriodicTask;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Profile;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;

/**
 * Erases what is to be erased in the apps of this worker's partitions, until the worker stops. Two
 * workers may be at one erasure for a moment: each step may be repeated.
 */
@Component
@Profile("service")
class Eraser implements SmartLifecycle {

  private static final Logger log = LoggerFactory.getLogger(Eraser.class);

  private static final Duration IDLE = Duration.ofSeconds(1);
  private static final Duration AFTER_FAILURE = Duration.ofSeconds(5);
  private static final Duration STOP_PATIENCE = Duration.ofSeconds(10);

  /** Between two turns of all erasures: other statements come first. */
  private static final Duration BETWEEN_TURNS = Duration.ofMillis(10);

  private static final int PAGE = 100;

  private final Erasures erasures;
  private final DeletionSteps deletions;
  private final AuthorSteps authors;
  private final OwnedPartitions partitions;
  private final RedisLayout layout;
  private final EraseProperties properties;
  private final RepeatedWarning warning = new RepeatedWarning(log);
  private final PeriodicTask task = new PeriodicTask(log, "eraser", AFTER_FAILURE, this::turn);

  Eraser(
      Erasures erasures,
      DeletionSteps deletions,
      AuthorSteps authors,
      OwnedPartitions partitions,
      RedisLayout layout,
      EraseProperties properties) {
    this.erasures = erasures;
    this.deletions = deletions;
    this.authors = authors;
    this.partitions = partitions;
    this.layout = layout;
    this.properties = properties;
  }

  @Override
  public void start() {
    task.start(IDLE);
  }

  @Override
  public void stop() {
    if (!task.stop(STOP_PATIENCE)) {
      log.warn("the eraser did not end in time; its last step is repeated");
    }
  }

  @Override
  public boolean isRunning() {
    return task.isRunning();
  }

  /** Takes a step of each erasure, and returns the pause after that. */
  Duration turn() {
    try {
      return turn(partitions.owned()) ? BETWEEN_TURNS : IDLE;
    } catch (DataAccessException | TransactionException e) {
      warning.warn(() -> "the erasures could not be read: " + SearchFault.line(e));
      return AFTER_FAILURE;
    }
  }

  private boolean turn(Set<Integer> owned) {
    boolean more = false;
    Erasure.Key after = Erasure.Key.START;
    while (true) {
      List<Erasure> page = erasures.due(after, properties.settle(), PAGE);
      if (page.isEmpty()) {
        return more;
      }
      for (Erasure erasure : page) {
        task.checkStopped();
        if (owned.contains(layout.partitions().of(erasure.app()).partition())) {
          more |= step(erasure) == Outcome.MORE;
        }
      }
      after = page.getLast().key();
    }
  }

  /** A fault of one erasure is none of the others. */
  private Outcome step(Erasure erasure) {
    try {
      return erasure.isOfAuthor() ? authors.step(erasure) : deletions.step(erasure);
    } catch (DataAccessException | TransactionException | ProblemException e) {
      warning.warn(
          () -> "app %s: erasing goes on later: %s".formatted(erasure.app(), SearchFault.line(e)));
      return Outcome.WAITS;
    }
  }
}
