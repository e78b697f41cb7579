package dev.tally.gateway.body;

import dev.tally.common.web.problem.ProblemException;
import dev.tally.common.web.problem.ProblemType;
import dev.tally.gateway.ratelimit.AppRateLimit;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;

/** Reads a batch: newline-delimited JSON objects, each a write. */
public final class Lines {

  /** The largest batch, in bytes. */
  public static final int MAX_BYTES = 1024 * 1024;

  /** The largest batch, in lines. */
  static final int MAX_LINES = AppRateLimit.MOST_WRITES;

  static final MediaType MEDIA_TYPE = new MediaType("application", "x-ndjson");

  private Lines() {}

  /**
   * Whether a body of this type is a batch.
   *
   * @param type null if the request names none
   */
  public static boolean areIn(@Nullable MediaType type) {
    return type != null && MEDIA_TYPE.equalsTypeAndSubtype(type);
  }

  /**
   * Reads a batch.
   *
   * @param text lines that end with LF or CR LF; the last line may have no end
   * @param reader reads a line, or throws a problem that says what is wrong with it
   * @return what the reader has made of each line; of at least one
   * @throws ProblemException if a line is wrong; the detail names the line
   */
  public static <T> List<T> read(String text, Function<String, T> reader) {
    List<T> writes = new ArrayList<>();
    int start = 0;
    while (start < text.length()) {
      if (writes.size() == MAX_LINES) {
        throw ProblemException.of(
            ProblemType.BODY_TOO_LARGE, "A batch may have at most %,d lines.".formatted(MAX_LINES));
      }
      int end = text.indexOf('\n', start);
      if (end < 0) {
        end = text.length();
      }
      try {
        writes.add(reader.apply(text.substring(start, end)));
      } catch (ProblemException e) {
        throw problem(writes.size() + 1, e);
      }
      start = end + 1;
    }
    if (writes.isEmpty()) {
      throw ProblemException.malformed("The batch has no lines.");
    }
    return writes;
  }

  /**
   * The problem of a line, with a detail that names the line.
   *
   * @param line counted from 1
   */
  public static ProblemException problem(int line, ProblemException problem) {
    return ProblemException.of(problem.type(), "Line %,d: %s".formatted(line, problem.detail()));
  }
}
