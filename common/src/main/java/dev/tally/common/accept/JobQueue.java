package dev.tally.common.accept;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.tally.common.accept.counter.CounterRecovery;
import dev.tally.common.accept.counter.Parent;
import dev.tally.common.accept.replica.UnconfirmedWriteException;
import dev.tally.common.accept.replica.WaitProperties;
import dev.tally.common.epoch.Epochs;
import dev.tally.common.identity.AppToken;
import dev.tally.common.identity.ChatName;
import dev.tally.common.identity.Numbers;
import dev.tally.common.partition.RedisLayout;
import dev.tally.common.queue.WaitingJobs;
import dev.tally.common.redis.MemoryFull;
import dev.tally.common.redis.RedisRequirements;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.dao.DataAccessException;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.PlatformTransactionManager;

/** Gives jobs their numbers, and queues them for the workers. */
public final class JobQueue implements DisposableBean {

  /** Redis may be unchecked, then the access unknown, then the counter, and then that behind. */
  private static final int RECOVERIES = 4;

  private static final int MOST_KNOWN = 10_000;
  private static final Duration KNOWN_FOR = Duration.ofSeconds(10);

  private final RedisRequirements requirements;
  private final RedisLayout layout;
  private final Pipeline pipeline;
  private final PartitionMemory partitions;
  private final AcceptScript script;
  private final CounterRecovery recovery;
  private final Counter unconfirmed;
  private final Cache<AppToken, AppToken> known =
      Caffeine.newBuilder().maximumSize(MOST_KNOWN).expireAfterWrite(KNOWN_FOR).build();

  /** A queue over these connections. */
  public JobQueue(
      RedisRequirements requirements,
      LettuceConnectionFactory connections,
      StringRedisTemplate redis,
      RedisLayout layout,
      WaitingJobs waiting,
      Epochs epochs,
      JdbcClient jdbc,
      PlatformTransactionManager transactions,
      QueueLimits limits,
      WaitProperties wait,
      IdempotencyLimits idempotency,
      MeterRegistry meters) {
    this.requirements = requirements;
    this.layout = layout;
    this.pipeline = new Pipeline(connections, wait);
    this.partitions = new PartitionMemory(epochs);
    this.script = new AcceptScript(pipeline, redis, layout, limits, partitions, idempotency);
    this.recovery = new CounterRecovery(waiting, jdbc, transactions, redis, layout, meters);
    this.unconfirmed =
        Counter.builder("tally.unconfirmed")
            .description(
                "Requests that Redis has queued and too few of its replicas have confirmed")
            .register(meters);
  }

  /**
   * Asks Redis to accept jobs of one parent, and again after recovering the parent's counter.
   *
   * @param openJobs from {@code JobCodec}, each open at its end for the number; at least one
   * @param mentioned the highest number of a message that one of them answers or changes, 0 if none
   *     does
   * @return whether they are queued. If another epoch has begun, or the counter is so far behind
   *     that it takes several steps, a later call may succeed.
   * @throws dev.tally.common.web.problem.ProblemException 404 if there is no such parent, 410 if it
   *     is deleted, 503 if this Redis is refused
   * @throws UnconfirmedWriteException if the jobs are queued, and it is not known that enough
   *     replicas have them
   * @throws DataAccessException if Redis is refused or does not answer, or MySQL does not when a
   *     counter is recovered. Without an answer from Redis, the jobs may be queued or not.
   */
  public Acceptance accept(
      Parent parent, List<String> openJobs, long mentioned, @Nullable IdempotencyKey key) {
    return accept(
        parent, () -> script.accept(parent, openJobs, mentioned, /* deletesChat= */ false, key));
  }

  /**
   * Asks Redis to accept the deletion of a chat, as {@link #accept} does, and to refuse what is
   * written to the chat from then on.
   */
  public Acceptance delete(ChatName chat, String openJob, @Nullable IdempotencyKey key) {
    Parent parent = new Parent.Changes(chat);
    return accept(
        parent,
        () -> script.accept(parent, List.of(openJob), Numbers.NONE, /* deletesChat= */ true, key));
  }

  private Acceptance accept(Parent parent, Supplier<Acceptance> call) {
    requirements.require();
    try {
      Acceptance acceptance = call.get();
      for (int i = 0; i < RECOVERIES && recover(parent, acceptance); i++) {
        acceptance = call.get();
      }
      return acceptance;
    } catch (UnconfirmedWriteException e) {
      unconfirmed.increment();
      throw e;
    } catch (DataAccessException e) {
      // Redis refused the first write of a script or a command, so nothing has happened.
      if (MemoryFull.isCauseOf(e)) {
        return new Acceptance.QueueFull();
      }
      throw e;
    }
  }

  /**
   * Returns if there is such an app, and it takes writes, without a look at its limits. The answer
   * may be some seconds old.
   *
   * @throws dev.tally.common.web.problem.ProblemException 404 if there is none, 410 if it is
   *     deleted
   * @throws DataAccessException if nobody knows: Redis does not answer, or does not have the app,
   *     and MySQL does not answer
   */
  public void requireApp(AppToken app) {
    if (known.getIfPresent(app) != null) {
      return;
    }
    recovery.requireOpen(app);
    known.put(app, app);
  }

  /** Does what the script needs, and returns whether it should be asked again. */
  private boolean recover(Parent parent, Acceptance acceptance) {
    switch (acceptance) {
      case Acceptance.Unchecked(int checks) ->
          partitions.check(layout.partitions().of(parent.app()), checks);
      case Acceptance.UnknownAccess _ -> recovery.setMissing(new Parent.App(parent.app()));
      case Acceptance.UnknownParent _ -> recovery.setMissing(parent);
      case Acceptance.CounterUnusable _ -> recovery.setUnusable(parent);
      case Acceptance.CounterBehind _ -> recovery.catchUp(parent);
      case Acceptance.Accepted _,
          Acceptance.AppDeleted _,
          Acceptance.NoSuchMessage _,
          Acceptance.ChatDeleted _,
          Acceptance.QueueFull _,
          Acceptance.KeyReused _,
          Acceptance.TooManyKeys _ -> {
        return false;
      }
    }
    return true;
  }

  /**
   * Looks for accepted jobs that Redis has lost, as each call of {@link #accept} does: if Redis is
   * another run, compares it with what this service was answered before.
   *
   * @throws DataAccessException if Redis does not answer, or MySQL does not and is needed
   */
  public void checkNewRuns() {
    partitions.checkNewRuns();
  }

  @Override
  public void destroy() {
    pipeline.destroy();
  }
}
