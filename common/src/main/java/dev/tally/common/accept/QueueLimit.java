package dev.tally.common.accept;

import java.nio.charset.StandardCharsets;

/** How much may wait in a partition. Holds each number as the argument of a script. */
public final class QueueLimit {

  /** For a service whose jobs are in Redis already. */
  public static final QueueLimit NONE = of(1L << 52, 1L << 52, 1L << 52, 1L << 52);

  private final byte[] jobs;
  private final byte[] bytes;
  private final byte[] manyJobs;
  private final byte[] manyBytes;

  private QueueLimit(byte[] jobs, byte[] bytes, byte[] manyJobs, byte[] manyBytes) {
    this.jobs = jobs;
    this.bytes = bytes;
    this.manyJobs = manyJobs;
    this.manyBytes = manyBytes;
  }

  /**
   * A limit; zeros refuse every write.
   *
   * @param jobs how many jobs may wait
   * @param bytes how long they may be together
   * @param manyJobs the first limit for an app that has 1,000 jobs or more waiting
   * @param manyBytes the second limit for such an app
   */
  public static QueueLimit of(long jobs, long bytes, long manyJobs, long manyBytes) {
    return new QueueLimit(number(jobs), number(bytes), number(manyJobs), number(manyBytes));
  }

  private static byte[] number(long number) {
    return Long.toString(number).getBytes(StandardCharsets.US_ASCII);
  }

  byte[] jobs() {
    return jobs;
  }

  byte[] bytes() {
    return bytes;
  }

  byte[] manyJobs() {
    return manyJobs;
  }

  byte[] manyBytes() {
    return manyBytes;
  }
}
