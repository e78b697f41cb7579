package dev.tally.system.faults.workload;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a client asked. Requests that are equal and have an idempotency key are one write, however
 * often it was tried; without a key each is a write of its own.
 *
 * <p>The checker tells messages apart by their bodies, so no two writes may share one.
 */
public sealed interface Request {

  /**
   * POST /apps.
   *
   * @param name of no other app
   */
  public record NewApp(String name) implements Request {}

  /** POST /apps/{token}/chats. */
  public record NewChat(String app, @Nullable String key) implements Request {}

  /**
   * POST /apps/{token}/chats/{number}/messages.
   *
   * @param bodies one, or the lines of a batch
   */
  public record NewMessages(String app, long chat, List<String> bodies, @Nullable String key)
      implements Request {}

  /** GET /apps/{token}/chats/{number}/messages?after=&amp;limit=. */
  public record ReadMessages(String app, long chat, long after, int limit) implements Request {}

  /** GET /apps/{token}/chats/{number}. */
  public record ReadChat(String app, long chat) implements Request {}
}
