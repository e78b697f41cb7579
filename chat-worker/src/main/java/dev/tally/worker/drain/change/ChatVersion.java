package dev.tally.worker.drain.change;

import dev.tally.common.queue.ChatChange;
import dev.tally.common.queue.ChatContent;
import dev.tally.common.queue.Job;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What is said of a chat at a time.
 *
 * @param content nothing if the chat is deleted
 * @param revision the number of the change that made it so; 0 if nobody has changed it
 * @param editedAt null if nobody has edited it
 * @param deletedAt null if it is not deleted
 * @param isLost whether a void row stands for it
 */
public record ChatVersion(
    ChatContent content,
    long revision,
    @Nullable Instant editedAt,
    @Nullable Instant deletedAt,
    boolean isLost) {

  /** A chat that nobody has changed. */
  public static ChatVersion created(ChatContent content) {
    return new ChatVersion(content, 0, null, null, false);
  }

  /** What becomes of a change of it. */
  Effect effectOf(Job.ChangedChat job) {
    // Writers were refused when the deletion was accepted, so nothing may keep it from having an
    // effect.
    if (job.change() instanceof ChatChange.Deletion) {
      return deletedAt == null ? Effect.APPLIED : Effect.NONE;
    }
    if (deletedAt != null || isLost || job.number() < revision) {
      return Effect.NONE;
    }
    return job.expectedRevision() == null || job.expectedRevision() == revision
        ? Effect.APPLIED
        : Effect.CONFLICT;
  }

  /** The version after a change that has an effect. */
  ChatVersion after(Job.ChangedChat job) {
    long next = Math.max(revision, job.number());
    return switch (job.change()) {
      case ChatChange.Deletion _ ->
          new ChatVersion(ChatContent.NONE, next, editedAt, job.acceptedAt(), isLost);
      case ChatChange.Edit(
              boolean changesName,
              String name,
              boolean changesMetadata,
              String metadata) ->
          new ChatVersion(
              new ChatContent(
                  changesName ? name : content.name(),
                  changesMetadata ? metadata : content.metadata()),
              next,
              job.acceptedAt(),
              null,
              isLost);
    };
  }
}
