package dev.tally.common.accept.counter;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.tally.common.epoch.PartitionRow;
import dev.tally.common.identity.AppToken;
import dev.tally.common.identity.ChatName;
import dev.tally.common.log.LoggedToken;
import dev.tally.common.log.RepeatedWarning;
import dev.tally.common.partition.PartitionKeys;
import dev.tally.common.partition.RedisLayout;
import dev.tally.common.queue.WaitingJobs;
import dev.tally.common.web.problem.ProblemException;
import dev.tally.common.web.problem.ProblemType;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.PlatformTransactionManager;

/**
 * Sets a counter that Redis does not have: the counter of a new app, or one that Redis lost. Sets a
 * counter that is no number, because somebody wrote to it. Raises a counter of chats that is behind
 * the chats that exist.
 *
 * <p>An app's counter also has its access state, which is unknown by itself if a gateway that knows
 * no access states set the counter. It is recovered under a lock of the app's row, which whoever
 * deletes the app takes, too: so no app is opened that has just been deleted.
 *
 * <p>A chat has one counter for its messages and its changes, and both numbers are recovered in one
 * go. That of its changes is missing by itself if a gateway that knows no changes set the counter.
 *
 * <p>A counter goes on after the highest number in use, in the jobs in Redis and in MySQL. Nothing
 * is accepted in a parent whose counter is missing or no number, so nobody gives out a higher one
 * meanwhile. When several gateways recover the same counter, one of them sets it and the others use
 * that one.
 */
public final class CounterRecovery {

  private static final Logger log = LoggerFactory.getLogger(CounterRecovery.class);

  private final RepeatedWarning dataLost = new RepeatedWarning(log);
  private final RepeatedWarning noNumber = new RepeatedWarning(log);
  private final QueuedNumbers queued;
  private final PersistedNumbers persisted;
  private final PersistBarrier barrier;
  private final Counters counters;
  private final RedisLayout layout;
  private final Counter recovered;
  private final Counter lost;
  private final Counter unusable;
  private final Absences absences = new Absences(Ticker.systemTicker());

  /** Recovers from these connections' jobs and rows. */
  public CounterRecovery(
      WaitingJobs waiting,
      JdbcClient jdbc,
      PlatformTransactionManager transactions,
      StringRedisTemplate redis,
      RedisLayout layout,
      MeterRegistry meters) {
    this.queued = new QueuedNumbers(waiting);
    this.persisted = new PersistedNumbers(jdbc);
    this.barrier = new PersistBarrier(jdbc, transactions);
    this.counters = new Counters(redis, layout);
    this.layout = layout;
    this.recovered =
        Counter.builder("tally.counters.recovered")
            .description("Counters that Redis did not have, set to the highest number in use")
            .register(meters);
    this.lost =
        Counter.builder("tally.counters.lost")
            .description("Counters that Redis had lost or that were behind: it lost data")
            .register(meters);
    this.unusable =
        Counter.builder("tally.counters.unusable")
            .description("Counters that were no number, set to the highest number in use")
            .register(meters);
  }

  /**
   * Returns if there is such an app, and it takes writes.
   *
   * @throws ProblemException 404 if there is none, 410 if it is deleted
   * @throws DataAccessException if nobody knows
   */
  public void requireOpen(AppToken app) {
    Parent.App parent = new Parent.App(app);
    switch (counters.access(parent)) {
      case PartitionKeys.OPEN -> {}
      case PartitionKeys.DELETED -> throw ProblemException.appDeleted();
      case null, default -> setMissing(parent);
    }
  }

  /**
   * Sets the parent's counter, which is missing, incomplete or of an older epoch.
   *
   * @throws ProblemException 404 if there is no such parent, 410 if it is deleted
   * @throws DataAccessException if MySQL or Redis does not answer
   */
  public void setMissing(Parent parent) {
    Parent owner = owner(parent);
    boolean isOfOlderEpoch = counters.isOfOlderEpoch(owner, counters.epoch(owner));
    Counters.Recovered set = set(owner);
    if (set.number().isEmpty() && set.change().isEmpty()) {
      return;
    }
    recovered.increment();
    if (set.number().isEmpty()) {
      return;
    }
    long highest = set.number().getAsLong();
    // What was lost when an epoch began is told of its partition, once.
    if (!isOfOlderEpoch && hadCounter(owner, highest)) {
      lost.increment();
      dataLost.warn(
          () ->
              """
              Redis has lost data: the counter %s goes on after %d, the highest number in use; \
              writes that were accepted after that number are lost\
              """
                  .formatted(LoggedToken.in(counter(owner)), highest));
    }
  }

  /** The parent that the counter belongs to: a chat's changes are counted with its messages. */
  private static Parent owner(Parent parent) {
    return switch (parent) {
      case Parent.App _, Parent.Chat _ -> parent;
      case Parent.Changes(ChatName chat) -> new Parent.Chat(chat);
      case Parent.Unnumbered(AppToken app) -> new Parent.App(app);
    };
  }

  /**
   * Whether Redis must have had the counter. A new app has none; the script that accepts a chat
   * also sets the chat's counter.
   */
  private static boolean hadCounter(Parent parent, long highest) {
    return parent instanceof Parent.Chat || highest > 0;
  }

  /**
   * Sets the parent's counter, which is no number.
   *
   * @throws ProblemException 404 if there is no such parent, 410 if it is deleted
   * @throws DataAccessException if MySQL or Redis does not answer
   */
  public void setUnusable(Parent parent) {
    Parent owner = owner(parent);
    Counters.Recovered set = set(owner);
    boolean isOfChanges = set.number().isEmpty() && parent instanceof Parent.Changes;
    OptionalLong number = isOfChanges ? set.change() : set.number();
    if (number.isPresent()) {
      unusable.increment();
      noNumber.warn(
          () ->
              """
              the counter %s%s in Redis was no number, so somebody wrote to it; it goes on after %d, \
              the highest number in use\
              """
                  .formatted(
                      LoggedToken.in(counter(owner)),
                      isOfChanges ? " of changes" : "",
                      number.getAsLong()));
    }
  }

  /** Sets what is missing of the counter, unless another gateway was faster. */
  private Counters.Recovered set(Parent parent) {
    requireUsed(parent);
    return barrier.behind(
        keys(parent),
        row -> {
          if (parent instanceof Parent.App(AppToken app)) {
            persisted.keep(app);
          }
          String epoch = counters.epoch(parent);
          return counters.recover(parent, inUse(parent, epoch, row), epoch);
        });
  }

  /** Finds strangers out, before they cost more than a look at MySQL. */
  private void requireUsed(Parent parent) {
    boolean isPersisted = find(parent) instanceof PersistedNumbers.Highest;
    if (!isPersisted && parent instanceof Parent.Chat(ChatName chat) && !mayBeQueued(chat)) {
      throw ProblemException.chatNotFound();
    }
  }

  /** Jobs move from Redis to MySQL, so this reads MySQL last. */
  private Counters.InUse inUse(Parent parent, String epoch, PartitionRow row) {
    if (parent instanceof Parent.App && counters.isOfEpoch(parent, epoch)) {
      // Only the access state is missing, as after an upgrade: the queue need not be read for that.
      highest(parent, OptionalLong.empty(), row);
      return Counters.InUse.KNOWN;
    }
    QueuedNumbers.Numbers inRedis =
        counters.isOfOlderEpoch(parent, epoch)
            ? queued.atBeginning(keys(parent), counters.run(parent), epoch)
            : queued.of(parent.app());
    long number = highest(parent, inRedis.of(parent), row);
    if (parent instanceof Parent.Chat(ChatName chat)) {
      if (inRedis.delete(chat)) {
        throw ProblemException.chatDeleted();
      }
      Parent changes = new Parent.Changes(chat);
      return new Counters.InUse(
          OptionalLong.of(number), OptionalLong.of(highest(changes, inRedis.of(changes), row)));
    }
    return new Counters.InUse(OptionalLong.of(number), OptionalLong.empty());
  }

  private long highest(Parent parent, OptionalLong inRedis, PartitionRow row) {
    return switch (persisted.highest(parent)) {
      case PersistedNumbers.Highest(long number) -> Math.max(number, inRedis.orElse(0));
      case PersistedNumbers.Absent.CHAT ->
          inRedis.orElseThrow(
              () -> row.fillDue() == 0 ? ProblemException.chatNotFound() : notFilledYet());
      case PersistedNumbers.Absent absent -> throw absent.problem();
    };
  }

  /** The chat's number has been given out, and a worker will soon make a void row for it. */
  private static ProblemException notFilledYet() {
    return ProblemException.retryable(
        ProblemType.UNAVAILABLE,
        "The database was set back, and what it has lost is not marked yet.",
        Duration.ofSeconds(1));
  }

  private long highestPersisted(Parent parent) {
    return find(parent) instanceof PersistedNumbers.Highest(long number) ? number : 0;
  }

  /**
   * What MySQL knew of the parent within the last second.
   *
   * @throws ProblemException 404 if there is no such app, 410 if it or the chat is deleted
   */
  private PersistedNumbers.Answer find(Parent parent) {
    PersistedNumbers.Answer answer = absences.of(parent);
    if (answer == null) {
      answer = persisted.highest(parent);
      if (answer instanceof PersistedNumbers.Absent absent) {
        absences.add(parent, absent);
      }
    }
    if (answer instanceof PersistedNumbers.Absent absent
        && absent != PersistedNumbers.Absent.CHAT) {
      throw absent.problem();
    }
    return answer;
  }

  /**
   * Whether the chat's number has been given out. A client that writes to chats that do not exist
   * must not make Redis read whole queues again and again.
   */
  private boolean mayBeQueued(ChatName chat) {
    Parent app = new Parent.App(chat.app());
    OptionalLong chats = counters.count(app);
    if (chats.isEmpty()) {
      setMissing(app);
      chats = counters.count(app);
    }
    return chats.isEmpty() || chat.number() <= chats.getAsLong();
  }

  /**
   * Raises the counter of an app's chats, which is behind the chats that exist.
   *
   * @throws ProblemException 404 if there is no such app, 410 if it is deleted
   * @throws DataAccessException if MySQL or Redis does not answer
   */
  public void catchUp(Parent parent) {
    if (counters.catchUp(parent, highestPersisted(parent))) {
      lost.increment();
      dataLost.warn(
          () ->
              """
              Redis has lost data: the counter %s was behind the chats that exist, and goes on after \
              them\
              """
                  .formatted(LoggedToken.in(counter(parent))));
    }
  }

  private PartitionKeys keys(Parent parent) {
    return layout.partitions().of(parent.app());
  }

  private String counter(Parent parent) {
    return parent.counter(keys(parent));
  }
}
