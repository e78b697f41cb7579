package dev.tally.worker.drain.batch;

import dev.tally.common.queue.Job;
import dev.tally.common.queue.JobCodec;
import dev.tally.common.queue.UndecodableJobException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * A job that this worker has claimed.
 *
 * @param raw the job as Redis holds it
 * @param job the decoded job
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record Delivery(byte[] raw, Job job) {

  /**
   * How many changes a transaction has at most. Each has its message read, which may be a thousand
   * times as long as the job, and what it said before is kept in memory until the commit.
   */
  private static final int MOST_CHANGES = 100;

  /**
   * The first of the deliveries, as one transaction takes them.
   *
   * @param most the jobs that it takes; with many changes, it takes fewer
   */
  public static List<Delivery> first(List<Delivery> deliveries, int most) {
    int size = 0;
    int changes = 0;
    while (size < Math.min(most, deliveries.size())) {
      if (deliveries.get(size).job() instanceof Job.ChangedMessage && ++changes > MOST_CHANGES) {
        break;
      }
      size++;
    }
    return deliveries.subList(0, size);
  }

  /**
   * The deliveries of jobs as Redis holds them.
   *
   * @param undecodable gets the jobs that this version cannot decode
   */
  public static List<Delivery> decode(
      List<byte[]> jobs, JobCodec codec, Consumer<byte[]> undecodable) {
    List<Delivery> deliveries = new ArrayList<>(jobs.size());
    for (byte[] raw : jobs) {
      try {
        String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(raw)).toString();
        deliveries.add(new Delivery(raw, codec.decode(text)));
      } catch (CharacterCodingException | UndecodableJobException e) {
        undecodable.accept(raw);
      }
    }
    return deliveries;
  }
}
