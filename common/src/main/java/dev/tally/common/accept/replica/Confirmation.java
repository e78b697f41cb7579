package dev.tally.common.accept.replica;

import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.output.IntegerOutput;
import io.lettuce.core.protocol.AsyncCommand;
import io.lettuce.core.protocol.Command;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Makes Redis wait until replicas have the latest write of a connection: the command {@code WAIT}.
 * Until Redis has answered it, it runs nothing else of that connection.
 *
 * <p>It is only right if it is sent together with the writes. After a reconnect, the connection has
 * no writes, and may lead to another server.
 */
public final class Confirmation extends AsyncCommand<byte[], byte[], Long> {

  private final int required;

  /** A command that is not sent yet. */
  public Confirmation(WaitProperties wait) {
    super(
        new Command<>(
            CommandType.WAIT,
            new IntegerOutput<>(ByteArrayCodec.INSTANCE),
            new CommandArgs<>(ByteArrayCodec.INSTANCE)
                .add(wait.replicas())
                .add(wait.timeout().toMillis())));
    this.required = wait.replicas();
  }

  /**
   * Returns when enough replicas have all that was sent before this command.
   *
   * @param deadline until when to wait, as {@link System#nanoTime} tells it
   * @throws UnconfirmedWriteException if too few have it, or Redis does not tell in time
   */
  public void require(long deadline) {
    long have;
    try {
      have = get(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw unknown(e);
    } catch (ExecutionException | TimeoutException | CancellationException e) {
      throw unknown(e);
    }
    if (have < required) {
      throw new UnconfirmedWriteException(
          "%d of %d replicas of Redis have confirmed a write".formatted(have, required));
    }
  }

  private static UnconfirmedWriteException unknown(Throwable cause) {
    return new UnconfirmedWriteException("Redis did not say whether replicas have a write", cause);
  }
}
