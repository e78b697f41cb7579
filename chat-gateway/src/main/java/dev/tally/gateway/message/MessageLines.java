package dev.tally.gateway.message;

import dev.tally.common.web.problem.ProblemException;
import dev.tally.common.web.problem.ProblemType;
import dev.tally.common.web.request.RequestBody;
import dev.tally.common.web.request.TextField;
import dev.tally.gateway.ratelimit.AppRateLimit;
import java.util.ArrayList;
import java.util.List;
import org.springframework.http.MediaType;

/** Reads a batch of messages: newline-delimited JSON objects, each with a {@code body}. */
final class MessageLines {

  static final MediaType MEDIA_TYPE = new MediaType("application", "x-ndjson");

  /** The largest batch, in bytes. */
  static final int MAX_BYTES = 1024 * 1024;

  /** The largest batch, in lines. */
  static final int MAX_LINES = AppRateLimit.MOST_WRITES;

  private MessageLines() {}

  /**
   * Reads a batch.
   *
   * @param text lines that end with LF or CR LF; the last line may have no end
   * @return at least one body
   * @throws ProblemException if a line is wrong; the detail names the line
   */
  static List<String> bodies(String text) {
    List<String> bodies = new ArrayList<>();
    int start = 0;
    while (start < text.length()) {
      if (bodies.size() == MAX_LINES) {
        throw ProblemException.of(
            ProblemType.BODY_TOO_LARGE, "A batch may have at most %,d lines.".formatted(MAX_LINES));
      }
      int end = text.indexOf('\n', start);
      if (end < 0) {
        end = text.length();
      }
      bodies.add(body(text.substring(start, end), bodies.size() + 1));
      start = end + 1;
    }
    if (bodies.isEmpty()) {
      throw ProblemException.malformed("The batch has no lines.");
    }
    return bodies;
  }

  private static String body(String line, int number) {
    try {
      return TextField.MESSAGE_BODY.require(
          RequestBody.jsonField(line, TextField.MESSAGE_BODY.name()));
    } catch (ProblemException e) {
      throw ProblemException.of(e.type(), "Line %,d: %s".formatted(number, e.detail()));
    }
  }
}
