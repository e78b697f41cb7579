package dev.tally.gateway.accept;

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
import org.springframework.data.redis.RedisConnectionFailureException;
import org.springframework.data.redis.RedisSystemException;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.connection.lettuce.LettuceExceptionConverter;
import org.springframework.stereotype.Component;

/**
 * Sends script calls of concurrent requests to Redis together: what is asked while the calls before
 * it are under way goes out as one, once these are answered. A request that is alone does not wait.
 * The more requests there are, the fewer system calls, wake-ups and, where Redis forces its file to
 * disk before it answers, disk writes there are to each (group commit).
 */
@Component
final class Pipeline implements DisposableBean {

  /** How often calls may be under way at the same time: one batch is read while one is answered. */
  private static final int MAX_BATCHES = 2;

  /** Bounds how long Redis is busy with one batch before it looks at other connections again. */
  private static final int MAX_BATCH = 128;

  private static final LettuceExceptionConverter EXCEPTIONS = new LettuceExceptionConverter();

  private final LettuceConnectionFactory connections;
  private final Duration timeout;
  private final AtomicReference<@Nullable CompletableFuture<StatefulConnection<byte[], byte[]>>>
      connection = new AtomicReference<>();
  private final Queue<Call> waiting = new ConcurrentLinkedQueue<>();
  private final Semaphore turns = new Semaphore(MAX_BATCHES);

  Pipeline(LettuceConnectionFactory connections) {
    this.connections = connections;
    this.timeout = connections.getClientConfiguration().getCommandTimeout();
  }

  private static final class Call extends AsyncCommand<byte[], byte[], List<Object>> {
    Call(CommandType type, CommandArgs<byte[], byte[]> arguments) {
      super(new Command<>(type, new NestedMultiOutput<>(ByteArrayCodec.INSTANCE), arguments));
    }
  }

  /**
   * Calls a script.
   *
   * @param type {@code EVALSHA} or {@code EVAL}
   * @return what the script answers: a {@code byte[]} for a string, a {@code Long} for a number
   * @throws org.springframework.dao.DataAccessException if Redis gave no answer in time. Then the
   *     script may run or not, unless Redis was not connected: then it does not.
   */
  List<Object> call(CommandType type, CommandArgs<byte[], byte[]> arguments) {
    StatefulConnection<byte[], byte[]> open = connection();
    Call call = new Call(type, arguments);
    waiting.add(call);
    sendWaiting(open);
    try {
      return call.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      // one that still waits for its turn is never sent
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
      List<Call> batch = next();
      if (batch.isEmpty()) {
        turns.release();
        continue;
      }
      AtomicInteger unanswered = new AtomicInteger(batch.size());
      for (Call call : batch) {
        call.whenComplete(
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
        batch.forEach(call -> call.completeExceptionally(e));
      }
    }
  }

  private List<Call> next() {
    List<Call> batch = new ArrayList<>();
    while (batch.size() < MAX_BATCH) {
      Call call = waiting.poll();
      if (call == null) {
        break;
      }
      if (!call.isDone()) {
        batch.add(call);
      }
    }
    return batch;
  }

  /**
   * The connection, which is made when it is first needed, once for all who need it meanwhile, and
   * then keeps itself connected.
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
      // whoever asks keeps the time, from when it asks: the client need not keep it again
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
      // the client closes it, too, when it is stopped before
      if (open.isOpen()) {
        open.close();
      }
    }
  }
}
