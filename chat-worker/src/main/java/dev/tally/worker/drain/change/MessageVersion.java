package dev.tally.worker.drain.change;

import dev.tally.common.queue.Job;
import dev.tally.common.queue.MessageChange;
import dev.tally.common.queue.MessageContent;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a message says at a time.
 *
 * @param content of a deleted message, only who wrote it and what it answers
 * @param revision the number of the change that made it so; 0 if nobody has changed it
 * @param editedAt null if nobody has edited it
 * @param deletedAt null if it is not deleted
 * @param isLost whether a void row stands for it
 */
public record MessageVersion(
    MessageContent content,
    long revision,
    @Nullable Instant editedAt,
    @Nullable Instant deletedAt,
    boolean isLost) {

  /** A message that nobody has changed. */
  public static MessageVersion created(MessageContent content) {
    return new MessageVersion(content, 0, null, null, false);
  }

  /** What becomes of a change of it. */
  Effect effectOf(Job.ChangedMessage job) {
    if (deletedAt != null || isLost) {
      return Effect.NONE;
    }
    boolean isLate = job.number() < revision;
    if (job.change() instanceof MessageChange.Edit && isLate) {
      return Effect.NONE;
    }
    return job.expectedRevision() == null || job.expectedRevision() == revision
        ? Effect.APPLIED
        : Effect.CONFLICT;
  }

  /** The version after a change that has an effect. */
  MessageVersion after(Job.ChangedMessage job) {
    // A deletion may come after a later edit, and search documents only take higher revisions.
    long next = Math.max(revision, job.number());
    return switch (job.change()) {
      case MessageChange.Deletion _ ->
          new MessageVersion(
              new MessageContent("", content.author(), null, content.replyTo()),
              next,
              editedAt,
              job.acceptedAt(),
              false);
      case MessageChange.Edit(String body, boolean changesMetadata, String metadata) ->
          new MessageVersion(
              new MessageContent(
                  body == null ? content.body() : body,
                  content.author(),
                  changesMetadata ? metadata : content.metadata(),
                  content.replyTo()),
              next,
              job.acceptedAt(),
              null,
              false);
    };
  }
}
