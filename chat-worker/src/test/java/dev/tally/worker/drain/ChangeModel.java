package dev.tally.worker.drain;

import dev.tally.common.queue.Job;
import dev.tally.common.queue.MessageChange;
import dev.tally.common.queue.MessageContent;
import org.jspecify.annotations.Nullable;

/**
 * A model of a change, which has a row whatever became of it.
 *
 * @param before what the message said before an applied edit; else null
 * @param hasWaited whether it was pending first
 */
record ChangeModel(
    Job.ChangedMessage job, String effect, @Nullable MessageContent before, boolean hasWaited) {

  RowKey message() {
    return RowKey.of(job.message().chat(), job.message().number());
  }

  boolean isPending() {
    return effect.equals("pending");
  }

  /** What a deleted message said is nowhere any more. */
  String row(boolean isMessageDeleted) {
    MessageContent shown = isMessageDeleted ? null : before;
    return "%s of %d by %s, %s, before %s %s, at %s, job %s"
        .formatted(
            job.change() instanceof MessageChange.Edit ? "edit" : "delete",
            job.message().number(),
            job.author(),
            effect,
            shown == null ? null : shown.body(),
            shown == null ? null : shown.metadata(),
            job.acceptedAt(),
            isPending());
  }
}
