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
