package dev.tally.worker.drain.change;

import dev.tally.common.queue.ChatChange;
import dev.tally.common.queue.ChatContent;
import dev.tally.common.queue.Job;
import dev.tally.common.queue.MessageChange;
import dev.tally.common.queue.MessageContent;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * Recognises a job that is delivered again, when its row no longer has all that it said: the first
 * 16 bytes of a SHA-256 digest, which jobs of different contents do not share.
 *
 * @param hex 32 hexadecimal digits
 */
public record Fingerprint(String hex) {

  private static final int BYTES = 16;

  /** The one with these bytes, as MySQL has them. */
  public static Fingerprint of(byte[] bytes) {
    return new Fingerprint(HexFormat.of().formatHex(bytes));
  }

  /** That of a message as it was created. */
  public static Fingerprint ofCreated(Instant acceptedAt, MessageContent content) {
    return digest(
        micros(acceptedAt),
        content.body(),
        content.author(),
        content.metadata(),
        content.replyTo() == null ? null : content.replyTo().toString());
  }

  /** That of a chat as it was created. */
  public static Fingerprint ofCreated(Instant acceptedAt, ChatContent content) {
    return digest(micros(acceptedAt), content.name(), content.metadata());
  }

  /** That of a change. */
  public static Fingerprint ofChange(Job.Change job) {
    String expected = job.expectedRevision() == null ? null : job.expectedRevision().toString();
    String time = micros(job.acceptedAt());
    return switch (job) {
      case Job.ChangedMessage change -> ofChange(change, expected, time);
      case Job.ChangedChat change -> ofChange(change, expected, time);
    };
  }

  private static Fingerprint ofChange(Job.ChangedChat job, @Nullable String expected, String time) {
    return switch (job.change()) {
      case ChatChange.Deletion _ -> digest("delete chat", job.author(), expected, time);
      case ChatChange.Edit(
              boolean changesName,
              String name,
              boolean changesMetadata,
              String metadata) ->
          digest(
              "edit chat",
              job.author(),
              expected,
              time,
              Boolean.toString(changesName),
              name,
              Boolean.toString(changesMetadata),
              metadata);
    };
  }

  private static Fingerprint ofChange(
      Job.ChangedMessage job, @Nullable String expected, String time) {
    String message = Long.toString(job.message().number());
    return switch (job.change()) {
      case MessageChange.Deletion _ -> digest("delete", message, job.author(), expected, time);
      case MessageChange.Edit(String body, boolean changesMetadata, String metadata) ->
          digest(
              "edit",
              message,
              job.author(),
              expected,
              time,
              body,
              Boolean.toString(changesMetadata),
              metadata);
    };
  }

  /** As MySQL has it. */
  public byte[] bytes() {
    return HexFormat.of().parseHex(hex);
  }

  private static String micros(Instant time) {
    return Long.toString(ChronoUnit.MICROS.between(Instant.EPOCH, time));
  }

  private static Fingerprint digest(@Nullable String... parts) {
    MessageDigest digest;
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
    for (String part : parts) {
      // The length comes first, so that no two lists of parts give the same bytes.
      byte[] bytes = part == null ? new byte[0] : part.getBytes(StandardCharsets.UTF_8);
      digest.update(ByteBuffer.allocate(4).putInt(part == null ? -1 : bytes.length).flip());
      digest.update(bytes);
    }
    return of(Arrays.copyOf(digest.digest(), BYTES));
  }
}
