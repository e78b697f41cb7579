package dev.tally.worker.drain;

import dev.tally.common.queue.Job;
import dev.tally.common.queue.MessageChange;
import dev.tally.common.queue.MessageContent;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A model of a message: what was created, and the changes that had an effect since.
 *
 * @param applied in the order of their numbers, except for a deletion, which is the last
 */
record MessageModel(Job.NewMessage created, List<Job.ChangedMessage> applied) {

  boolean isOf(Job.NewMessage job) {
    return created.acceptedAt().equals(job.acceptedAt()) && created.content().equals(job.content());
  }

  boolean isDeleted() {
    return deletedAt() != null;
  }

  private @Nullable Instant deletedAt() {
    return applied.stream()
        .filter(job -> job.change() instanceof MessageChange.Deletion)
        .map(Job.ChangedMessage::acceptedAt)
        .findFirst()
        .orElse(null);
  }

  private @Nullable Instant editedAt() {
    return applied.stream()
        .filter(job -> job.change() instanceof MessageChange.Edit)
        .map(Job.ChangedMessage::acceptedAt)
        .reduce(null, (_, last) -> last);
  }

  private long revision() {
    return applied.stream().mapToLong(Job.ChangedMessage::number).max().orElse(0);
  }

  /** What a change of this message is called afterwards. */
  String effectOf(Job.ChangedMessage job) {
    if (isDeleted() || (job.change() instanceof MessageChange.Edit && job.number() < revision())) {
      return "none";
    }
    Long expected = job.expectedRevision();
    return expected == null || expected == revision() ? "applied" : "conflict";
  }

  MessageModel after(Job.ChangedMessage job) {
    return new MessageModel(created, Stream.concat(applied.stream(), Stream.of(job)).toList());
  }

  MessageContent content() {
    MessageContent first = created.content();
    String body = first.body();
    String metadata = first.metadata();
    for (Job.ChangedMessage job : applied) {
      switch (job.change()) {
        case MessageChange.Deletion _ -> {
          body = "";
          metadata = null;
        }
        case MessageChange.Edit edit -> {
          body = edit.body() == null ? body : edit.body();
          metadata = edit.changesMetadata() ? edit.metadata() : metadata;
        }
      }
    }
    return new MessageContent(body, first.author(), metadata, first.replyTo());
  }

  /** The row. Only a message that was changed needs the fingerprint of its creation. */
  @Override
  public String toString() {
    return "%s, created %s, revision %s, edited %s, deleted %s, fingerprint %s"
        .formatted(
            content(),
            created.acceptedAt(),
            applied.isEmpty() ? null : revision(),
            editedAt(),
            deletedAt(),
            !applied.isEmpty());
  }
}
