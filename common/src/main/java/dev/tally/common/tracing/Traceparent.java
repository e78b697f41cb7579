package dev.tally.common.tracing;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The W3C Trace Context header. It travels in the job, so a trace continues after the queue. */
public final class Traceparent {

  /** The request header. */
  public static final String HEADER = "traceparent";

  private static final Pattern WELL_FORMED =
      Pattern.compile("00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}");

  private Traceparent() {}

  /**
   * The header, unchanged, if it is a valid one of version 00, else null: the specification demands
   * that a broken one is ignored.
   */
  public static @Nullable String wellFormed(@Nullable String header) {
    return header != null && WELL_FORMED.matcher(header).matches() ? header : null;
  }
}
