package dev.tally.system.faults.workload;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The request of a client. Equal requests with an idempotency key are attempts of one write;
 * without a key, each request is a write of its own.
 *
 * <p>The checker identifies messages by their bodies, so no two writes may share a body.
 */
public sealed interface Request {

  /**
   * POST /apps.
   *
   * @param name unique among all apps
   */
  public record NewApp(String name) implements Request {}

  /** POST /apps/{token}/chats. */
  public record NewChat(String app, @Nullable String key) implements Request {}

  /**
   * POST /apps/{token}/chats/{number}/messages.
   *
   * @param bodies one body, or the lines of a batch
   */
  public record NewMessages(String app, long chat, List<String> bodies, @Nullable String key)
      implements Request {}

  /** GET /apps/{token}/chats/{number}/messages?after=&amp;limit=. */
  public record ReadMessages(String app, long chat, long after, int limit) implements Request {}

  /** GET /apps/{token}/chats/{number}. */
  public record ReadChat(String app, long chat) implements Request {}
}
