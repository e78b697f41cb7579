package dev.tally.worker.erase;

import dev.tally.common.log.RepeatedWarning;
import dev.tally.common.partition.RedisLayout;
import dev.tally.common.search.SearchFault;
import dev.tally.common.web.problem.ProblemException;
import dev.tally.worker.erase.Erasure.Outcome;
import dev.tally.worker.lease.OwnedPartitions;
import dev.tally.worker.periodic.PeriodicTask;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Autowired;
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

  /**
   * How long an app may take in a turn; the step that goes over it is finished. So one that has
   * deleted thousands of chats holds up no other.
   */
  private static final Duration SHARE = Duration.ofMillis(200);

  private static final int PAGE = 100;

  private final Erasures erasures;
  private final DeletionSteps deletions;
  private final AuthorSteps authors;
  private final HistorySteps histories;
  private final OwnedPartitions partitions;
  private final RedisLayout layout;
  private final EraseProperties properties;
  private final Duration share;

  /** The last erasure that an app took a step of before its share was used up, by the app. */
  private final Map<Long, Erasure.Key> leftAt = new HashMap<>();

  private final RepeatedWarning warning = new RepeatedWarning(log);
  private final PeriodicTask task = new PeriodicTask(log, "eraser", AFTER_FAILURE, this::turn);

  @Autowired
  Eraser(
      Erasures erasures,
      DeletionSteps deletions,
      AuthorSteps authors,
      HistorySteps histories,
      OwnedPartitions partitions,
      RedisLayout layout,
      EraseProperties properties) {
    this(erasures, deletions, authors, histories, partitions, layout, properties, SHARE);
  }

  Eraser(
      Erasures erasures,
      DeletionSteps deletions,
      AuthorSteps authors,
      HistorySteps histories,
      OwnedPartitions partitions,
      RedisLayout layout,
      EraseProperties properties,
      Duration share) {
    this.erasures = erasures;
    this.deletions = deletions;
    this.authors = authors;
    this.histories = histories;
    this.partitions = partitions;
    this.layout = layout;
    this.properties = properties;
    this.share = share;
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

  /** Takes a step of each erasure within its app's share, and returns the pause after that. */
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
    Share used = new Share(Erasure.Key.START);
    Erasure.Key after = Erasure.Key.START;
    while (true) {
      List<Erasure> page = erasures.due(after, properties.settle(), PAGE);
      if (page.isEmpty()) {
        return more;
      }
      after = page.getLast().key();
      for (Erasure erasure : page) {
        task.checkStopped();
        Erasure.Key key = erasure.key();
        if (!owned.contains(layout.partitions().of(erasure.app()).partition())) {
          if (key.appId() == after.appId()) {
            after = key.behindApp();
            break;
          }
          continue;
        }
        if (key.appId() != used.last.appId()) {
          used = new Share(key);
          Erasure.Key left = leftAt.remove(key.appId());
          if (left != null) {
            after = left;
            break;
          }
        } else if (used.nanos >= share.toNanos()) {
          leftAt.put(key.appId(), used.last);
          more |= used.hasWorked;
          after = key.behindApp();
          break;
        }
        more |= used.step(erasure) == Outcome.MORE;
      }
    }
  }

  /** What an app has had of its share in a turn. */
  private final class Share {

    private Erasure.Key last;
    private long nanos;
    private boolean hasWorked;

    Share(Erasure.Key first) {
      last = first;
    }

    Outcome step(Erasure erasure) {
      long began = System.nanoTime();
      Outcome outcome = Eraser.this.step(erasure);
      nanos += System.nanoTime() - began;
      hasWorked |= outcome != Outcome.FAILED;
      last = erasure.key();
      return outcome;
    }
  }

  /** A fault of one erasure is none of the others. */
  private Outcome step(Erasure erasure) {
    try {
      if (erasure.isOfAuthor()) {
        return authors.step(erasure);
      }
      return erasure.isOfMessage() ? histories.step(erasure) : deletions.step(erasure);
    } catch (DataAccessException | TransactionException | ProblemException e) {
      warning.warn(
          () -> "app %s: erasing goes on later: %s".formatted(erasure.app(), SearchFault.line(e)));
      return Outcome.FAILED;
    }
  }
}
