package dev.tally.system.faults.workload;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The request of a client. Equal requests with an idempotency key are attempts of one write;
 * without a key, each request is a write of its own.
 *
 * <p>The checker identifies messages by the bodies that they were created with, and changes by
 * their authors. So no two writes may share a body or an author.
 */
public sealed interface Request {

  /** The request's idempotency key, null if it has none. */
  public default @Nullable String key() {
    return null;
  }

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

  /**
   * PUT, PATCH or DELETE /apps/{token}/chats/{number}/messages/{number}.
   *
   * @param author unique among all changes
   * @param body what the message says from now on; null for a deletion
   * @param expectedRevision null if any will do
   */
  public record Change(
      String app,
      long chat,
      long message,
      Verb verb,
      String author,
      @Nullable String body,
      @Nullable Long expectedRevision,
      @Nullable String key)
      implements Request {

    /** How a message is changed. */
    public enum Verb {
      PUT,
      PATCH,
      DELETE
    }

    /** What identifies the change, and its row. */
    public String identity() {
      return State.Change.identity(verb == Verb.DELETE ? "delete" : "edit", message, author);
    }
  }

  /** GET /apps/{token}/chats/{number}/messages?after=&amp;limit=. */
  public record ReadMessages(String app, long chat, long after, int limit) implements Request {}

  /** GET /apps/{token}/chats/{number}/changes?after=&amp;limit=. */
  public record ReadChanges(String app, long chat, long after, int limit) implements Request {}

  /** GET /apps/{token}/chats/{number}. */
  public record ReadChat(String app, long chat) implements Request {}
}
