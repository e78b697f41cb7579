package dev.tally.api.answer;

import java.util.ArrayList;
import java.util.List;

/** The body of one answer. It holds memory until it is closed, also if it is never sent. */
public final class Answer implements AutoCloseable {

  /** An estimate of the objects around a part. */
  private static final int PART_OVERHEAD_BYTES = 32;

  /**
   * Taken at once, so that a full memory refuses most requests before anything is read for them.
   */
  private static final long FIRST_BYTES = 16 * 1024;

  private final AnswerMemory memory;
  private final String app;
  private final List<byte[]> parts = new ArrayList<>();
  private long length;
  private long used;
  private long taken;

  /**
   * @throws dev.tally.common.web.problem.ProblemException 503 if answers take too much memory
   */
  Answer(AnswerMemory memory, String app) {
    this.memory = memory;
    this.app = app;
    take(FIRST_BYTES);
  }

  /**
   * Appends bytes.
   *
   * @throws dev.tally.common.web.problem.ProblemException 503 if answers take too much memory
   */
  public void add(byte[] part) {
    used += (long) part.length + PART_OVERHEAD_BYTES;
    if (used > taken) {
      take(used - taken);
    }
    length += part.length;
    parts.add(part);
  }

  private void take(long bytes) {
    memory.take(app, bytes);
    taken += bytes;
  }

  /** The number of bytes so far. */
  public long length() {
    return length;
  }

  List<byte[]> parts() {
    return parts;
  }

  @Override
  public void close() {
    memory.free(app, taken);
    taken = 0;
  }
}
