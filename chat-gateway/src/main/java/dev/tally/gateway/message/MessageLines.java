package dev.tally.gateway.message;

import dev.tally.common.queue.MessageContent;
import dev.tally.common.web.field.FieldReader;
import dev.tally.common.web.problem.ProblemException;
import dev.tally.common.web.problem.ProblemType;
import dev.tally.gateway.ratelimit.AppRateLimit;
import java.util.ArrayList;
import java.util.List;
import org.springframework.http.MediaType;

/** Reads a batch of messages: newline-delimited JSON objects, each a message. */
final class MessageLines {

  static final MediaType MEDIA_TYPE = new MediaType("application", "x-ndjson");

  /** The largest batch, in bytes. */
  static final int MAX_BYTES = 1024 * 1024;

  /** The largest batch, in lines. */
  static final int MAX_LINES = AppRateLimit.MOST_WRITES;

  private final FieldReader fields;

  MessageLines(FieldReader fields) {
    this.fields = fields;
  }

  /**
   * Reads a batch.
   *
   * @param text lines that end with LF or CR LF; the last line may have no end
   * @return at least one message
   * @throws ProblemException if a line is wrong; the detail names the line
   */
  List<MessageContent> read(String text) {
    List<MessageContent> messages = new ArrayList<>();
    int start = 0;
    while (start < text.length()) {
      if (messages.size() == MAX_LINES) {
        throw ProblemException.of(
            ProblemType.BODY_TOO_LARGE, "A batch may have at most %,d lines.".formatted(MAX_LINES));
      }
      int end = text.indexOf('\n', start);
      if (end < 0) {
        end = text.length();
      }
      messages.add(message(text.substring(start, end), messages.size() + 1));
      start = end + 1;
    }
    if (messages.isEmpty()) {
      throw ProblemException.malformed("The batch has no lines.");
    }
    return messages;
  }

  private MessageContent message(String line, int number) {
    try {
      return MessageFields.content(fields.readJson(line, MessageFields.ALL));
    } catch (ProblemException e) {
      throw ProblemException.of(e.type(), "Line %,d: %s".formatted(number, e.detail()));
    }
  }
}
