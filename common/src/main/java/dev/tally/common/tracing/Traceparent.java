package dev.tally.common.tracing;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The W3C Trace Context header, which travels in the job so that a trace goes on behind the queue.
 */
public final class Traceparent {

  /** The request header. */
  public static final String HEADER = "traceparent";

  private static final Pattern WELL_FORMED =
      Pattern.compile("00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}");

  private Traceparent() {}

  /**
   * The header as it came if it is one of version 00, else null: as the specification asks, a
   * broken one is ignored.
   */
  public static @Nullable String wellFormed(@Nullable String header) {
    return header != null && WELL_FORMED.matcher(header).matches() ? header : null;
  }
}
