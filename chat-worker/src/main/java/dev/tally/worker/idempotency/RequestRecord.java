package dev.tally.worker.idempotency;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What Redis remembers of a request that had an idempotency key.
 *
 * @param chat the chat whose messages or changes have the numbers; 0 if they are those of new
 *     chats, or if the request has no numbers
 * @param isOfChanges whether the numbers are those of changes
 * @param first the first number that the request got
 * @param count how many numbers it got
 */
public record RequestRecord(long chat, boolean isOfChanges, long first, long count) {

  /** What {@code lua/accept.lua} records; the chat of a change ends with a letter. */
  private static final Pattern RECORD =
      Pattern.compile("\\S+ (\\d{1,15})(c?) (\\d{1,15}) (\\d{1,15})");

  /** Whether the request has no numbers of its own: it erases what an author wrote. */
  public boolean isUnnumbered() {
    return chat == 0 && isOfChanges;
  }

  /** Reads the text of a record; empty if it is no record. */
  static Optional<RequestRecord> of(String text) {
    Matcher fields = RECORD.matcher(text);
    return fields.matches()
        ? Optional.of(
            new RequestRecord(
                Long.parseLong(fields.group(1)),
                !fields.group(2).isEmpty(),
                Long.parseLong(fields.group(3)),
                Long.parseLong(fields.group(4))))
        : Optional.empty();
  }
}
