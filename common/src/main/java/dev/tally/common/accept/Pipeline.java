package dev.tally.common.accept;

import dev.tally.common.accept.replica.Confirmation;
import dev.tally.common.accept.replica.WaitProperties;
import dev.tally.common.redis.MomentaryRefusal;
import io.lettuce.core.AbstractRedisClient;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisException;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.output.NestedMultiOutput;
import io.lettuce.core.protocol.AsyncCommand;
import io.lettuce.core.protocol.Command;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.dao.DataAccessException;
import org.springframework.data.redis.RedisConnectionFailureException;
import org.springframework.data.redis.RedisSystemException;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.connection.lettuce.LettuceExceptionConverter;
import org.springframework.util.backoff.BackOff;
import org.springframework.util.backoff.BackOffExecution;
import org.springframework.util.backoff.ExponentialBackOff;

/**
 * Sends script calls of concurrent requests to Redis in batches. Calls that arrive while batches
 * are under way wait and go out together after an answer. A single request does not wait. With more
 * requests, each one costs fewer system calls and wake-ups, and fewer disk writes if Redis syncs
 * its file before it answers (group commit).
 *
 * <p>If replicas must confirm writes, each batch ends with one {@link Confirmation} for all of its
 * calls. A batch is under way until Redis has answered it, or for the time-out.
 */
final class Pipeline implements DisposableBean {

  /** How many batches may be under way: Redis reads one while it answers the other. */
  private static final int MAX_BATCHES = 2;

  /** Bounds the time for which a batch keeps Redis from its other connections. */
  private static final int MAX_BATCH = 128;

  /** Long enough for a slot with few keys to move, or a replica to be promoted. */
  private static final BackOff REPEATS = repeats();

  private static final LettuceExceptionConverter EXCEPTIONS = new LettuceExceptionConverter();

  private final LettuceConnectionFactory connections;
  private final WaitProperties wait;
  private final Duration timeout;
  private final AtomicReference<@Nullable CompletableFuture<StatefulConnection<byte[], byte[]>>>
      connection = new AtomicReference<>();
  private final Queue<Call> waiting = new ConcurrentLinkedQueue<>();
  private final Semaphore turns = new Semaphore(MAX_BATCHES);

  Pipeline(LettuceConnectionFactory connections, WaitProperties wait) {
    this.connections = connections;
    this.wait = wait;
    this.timeout = connections.getClientConfiguration().getCommandTimeout();
  }

  private static BackOff repeats() {
    ExponentialBackOff pauses = new ExponentialBackOff(20, 2);
    pauses.setMaxInterval(200);
    pauses.setMaxElapsedTime(1_500);
    return pauses;
  }

  private static final class Call extends AsyncCommand<byte[], byte[], List<Object>> {

    /** Null until the call is sent, and if no replica must confirm it. */
    private @Nullable Confirmation confirmation;

    Call(CommandType type, CommandArgs<byte[], byte[]> arguments) {
      super(new Command<>(type, new NestedMultiOutput<>(ByteArrayCodec.INSTANCE), arguments));
    }
  }

  /** Whether replicas must confirm writes. */
  boolean confirms() {
    return wait.isOn();
  }

  /**
   * Calls a script. Repeats the call for about a second and a half while Redis refuses it for the
   * moment, because then the script has not run. No other call is repeated.
   *
   * @param type {@code EVALSHA} or {@code EVAL}
   * @return the script's answer, which replicas may not have confirmed yet
   * @throws DataAccessException if Redis refused the call, or gave no answer in time. Without an
   *     answer, the script may have run or may still run, unless Redis was not connected.
   */
  Answer call(CommandType type, CommandArgs<byte[], byte[]> arguments) {
    BackOffExecution pauses = REPEATS.start();
    while (true) {
      try {
        return callOnce(type, arguments);
      } catch (DataAccessException e) {
        if (!MomentaryRefusal.isCauseOf(e)) {
          throw e;
        }
        long pause = pauses.nextBackOff();
        if (pause == BackOffExecution.STOP || !sleep(pause)) {
          throw e;
        }
      }
    }
  }

  /** Sleeps, and returns whether nobody interrupted it. */
  private static boolean sleep(long millis) {
    try {
      Thread.sleep(millis);
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private Answer callOnce(CommandType type, CommandArgs<byte[], byte[]> arguments) {
    StatefulConnection<byte[], byte[]> open = connection();
    Call call = new Call(type, arguments);
    long deadline = System.nanoTime() + timeout.toNanos();
    waiting.add(call);
    sendWaiting(open);
    try {
      List<Object> values = call.get(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
      return new Answer(values, call.confirmation, deadline);
    } catch (TimeoutException e) {
      // A cancelled call that is still waiting is never sent.
      call.cancel(true);
      throw translated(e);
    } catch (InterruptedException e) {
      call.cancel(true);
      Thread.currentThread().interrupt();
      throw translated(e);
    } catch (ExecutionException e) {
      throw translated(e);
    }
  }

  private void sendWaiting(StatefulConnection<byte[], byte[]> to) {
    while (!waiting.isEmpty() && turns.tryAcquire()) {
      List<AsyncCommand<byte[], byte[], ?>> batch = next();
      if (batch.isEmpty()) {
        turns.release();
        continue;
      }
      AtomicInteger unanswered = new AtomicInteger(batch.size());
      for (AsyncCommand<byte[], byte[], ?> command : batch) {
        var _ =
            command.whenComplete(
                (answer, fault) -> {
                  if (unanswered.decrementAndGet() == 0) {
                    turns.release();
                    sendWaiting(to);
                  }
                });
      }
      try {
        to.dispatch(batch);
      } catch (RedisException e) {
        batch.forEach(command -> command.completeExceptionally(e));
      }
    }
  }

  private List<AsyncCommand<byte[], byte[], ?>> next() {
    List<AsyncCommand<byte[], byte[], ?>> batch = new ArrayList<>();
    Confirmation confirmation = wait.isOn() ? new Confirmation(wait) : null;
    while (batch.size() < MAX_BATCH) {
      Call call = waiting.poll();
      if (call == null) {
        break;
      }
      if (!call.isDone()) {
        call.confirmation = confirmation;
        batch.add(call);
      }
    }
    if (confirmation != null && !batch.isEmpty()) {
      // Callers give up their calls, and nobody gives up this one: it would take its turn for ever.
      batch.add(confirmation);
      var _ = confirmation.orTimeout(timeout.toNanos(), TimeUnit.NANOSECONDS);
    }
    return batch;
  }

  /**
   * The shared connection. The first call opens it, concurrent calls wait for it, and Lettuce
   * reconnects it afterwards.
   */
  private StatefulConnection<byte[], byte[]> connection() {
    CompletableFuture<StatefulConnection<byte[], byte[]>> there = connection.get();
    if (there == null) {
      CompletableFuture<StatefulConnection<byte[], byte[]>> made = new CompletableFuture<>();
      there = connection.compareAndExchange(null, made);
      if (there == null) {
        there = made;
        connect(made);
      }
    }
    StatefulConnection<byte[], byte[]> open;
    try {
      open = there.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException | ExecutionException e) {
      throw translated(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw translated(e);
    }
    if (!open.isOpen()) {
      throw new RedisConnectionFailureException("Redis is not connected");
    }
    return open;
  }

  private void connect(CompletableFuture<StatefulConnection<byte[], byte[]>> made) {
    try {
      AbstractRedisClient client = connections.getRequiredNativeClient();
      StatefulConnection<byte[], byte[]> open =
          client instanceof RedisClusterClient cluster
              ? cluster.connect(ByteArrayCodec.INSTANCE)
              : ((RedisClient) client).connect(ByteArrayCodec.INSTANCE);
      // Callers enforce the timeout, so Lettuce's own timer is off.
      open.setTimeout(Duration.ZERO);
      made.complete(open);
    } catch (RuntimeException e) {
      connection.set(null);
      made.completeExceptionally(e);
    }
  }

  private static RuntimeException translated(Exception e) {
    Exception cause =
        e instanceof ExecutionException && e.getCause() instanceof Exception inner ? inner : e;
    RuntimeException translated = EXCEPTIONS.convert(cause);
    return translated == null
        ? new RedisSystemException("Redis did not answer", cause)
        : translated;
  }

  @Override
  public void destroy() {
    CompletableFuture<StatefulConnection<byte[], byte[]>> there = connection.get();
    if (there != null && there.isDone() && !there.isCompletedExceptionally()) {
      StatefulConnection<byte[], byte[]> open = there.join();
      // The client may have closed the connection already.
      if (open.isOpen()) {
        open.close();
      }
    }
  }
}
