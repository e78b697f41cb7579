package dev.tally.worker.drain.queue;

import dev.tally.common.epoch.Epochs;
import dev.tally.common.epoch.PartitionRows;
import dev.tally.common.partition.PartitionKeys;
import dev.tally.common.redis.BytesRedisTemplate;
import dev.tally.common.redis.KeyScan;
import dev.tally.common.redis.WrongTypeException;
import dev.tally.worker.drain.batch.Place;
import dev.tally.worker.lease.Lease;
import dev.tally.worker.lease.LeaseLostException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.springframework.core.io.ClassPathResource;
import org.springframework.dao.DataAccessException;
import org.springframework.data.redis.connection.DataType;
import org.springframework.data.redis.core.script.RedisScript;
import org.springframework.util.unit.DataSize;

/** Runs {@code lua/claim.lua}, {@code lua/acknowledge.lua} and {@code lua/raise.lua}. */
public final class QueueScripts {

  @SuppressWarnings("rawtypes") // a class literal has no type arguments
  private static final RedisScript<List> CLAIM =
      RedisScript.of(new ClassPathResource("lua/claim.lua"), List.class);

  private static final RedisScript<Long> ACKNOWLEDGE =
      RedisScript.of(new ClassPathResource("lua/acknowledge.lua"), Long.class);
  private static final RedisScript<Long> RAISE =
      RedisScript.of(new ClassPathResource("lua/raise.lua"), Long.class);

  /** The apps whose keys are looked at, at most, to explain why Redis refused a call. */
  private static final int MOST_EXPLAINED = 1_000;

  private static final byte[] AFTER_TOKEN = utf8(PartitionKeys.JOBS_AFTER_TOKEN);

  private final BytesRedisTemplate redis;
  private final RingRecovery ringRecovery;
  private final Epochs epochs;
  private final byte[] batchBytes;
  private final byte[] turnJobs;
  private final byte[] turnBytes;

  /**
   * Scripts that claim with these limits.
   *
   * @param batchBytes most bytes of jobs in one claim; a single job may exceed it
   * @param turnJobs most jobs that an app gets into a batch before the next app gets its turn
   * @param turnBytes bytes of jobs after which an app's turn ends, too
   */
  public QueueScripts(
      BytesRedisTemplate redis,
      KeyScan scan,
      Epochs epochs,
      PartitionRows rows,
      DataSize batchBytes,
      int turnJobs,
      DataSize turnBytes) {
    this.redis = redis;
    this.ringRecovery = new RingRecovery(redis, scan, new GoneJobs(redis, epochs, rows));
    this.epochs = epochs;
    this.batchBytes = number(batchBytes.toBytes());
    this.turnJobs = number(turnJobs);
    this.turnBytes = number(turnBytes.toBytes());
  }

  private static byte[] number(long number) {
    return utf8(Long.toString(number));
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /**
   * Claims the next batch, or the one that was claimed before and not acknowledged.
   *
   * @param mostJobs the next batch has no more jobs; the one that was claimed before may
   * @throws LeaseLostException if another worker owns the partition
   * @throws org.springframework.dao.DataAccessException if Redis does not answer, or MySQL when
   *     this run of Redis is to be checked, or jobs are missing. A batch that is claimed
   *     nevertheless is delivered again.
   */
  public Claim claim(Lease lease, int mostJobs) {
    PartitionKeys keys = lease.keys();
    String state = keys.state();
    String ring = keys.ring();
    String retried = keys.retried();
    String claimed = keys.claimed();
    String owner = keys.owner();
    byte[] worker = utf8(lease.worker().value());
    byte[] beforeToken = utf8(keys.beforeToken());
    byte[] batchJobs = number(mostJobs);
    long jobsSoFar = 0;
    long bytesSoFar = 0;
    while (true) {
      List<?> answer =
          execute(
              keys,
              CLAIM,
              List.of(state, ring, retried, claimed, owner),
              worker,
              batchJobs,
              batchBytes,
              turnJobs,
              turnBytes,
              beforeToken,
              AFTER_TOKEN,
              number(jobsSoFar),
              number(bytesSoFar));
      String outcome = new String((byte[]) answer.getFirst(), StandardCharsets.UTF_8);
      switch (outcome) {
        case "nothing" -> {
          return Claim.nothing(0);
        }
        case "unlisted" -> {
          return Claim.nothing(ringRecovery.recover(keys));
        }
        case "claimed" -> {
          jobsSoFar = (Long) answer.get(1);
          bytesSoFar = (Long) answer.get(2);
          if ((Long) answer.get(3) == 0) {
            return new Claim(read(claimed), false, place(answer, 4));
          }
        }
        case "redelivered" -> {
          return new Claim(read(claimed), true, place(answer, 1));
        }
        case "unchecked" -> epochs.compare(keys);
        case "not-owner" -> throw new LeaseLostException(keys.partition());
        default -> throw new IllegalStateException("claim.lua answered " + outcome);
      }
    }
  }

  private <T> T execute(
      PartitionKeys keys, RedisScript<T> script, List<String> names, byte[]... arguments) {
    try {
      return redis.execute(script, names, (Object[]) arguments);
    } catch (DataAccessException e) {
      throw WrongTypeException.explained(e, redis, () -> types(keys));
    }
  }

  private static Place place(List<?> answer, int from) {
    long acknowledged = (Long) answer.get(from);
    long position = (Long) answer.get(from + 1);
    long epoch = (Long) answer.get(from + 2);
    String run = new String((byte[]) answer.get(from + 3), StandardCharsets.UTF_8);
    long term = (Long) answer.get(from + 4);
    return new Place(run, term, epoch, acknowledged, position);
  }

  /** The types of the keys that claiming and acknowledging use. */
  private Map<String, DataType> types(PartitionKeys keys) {
    Map<String, DataType> types = new LinkedHashMap<>();
    types.put(keys.state(), DataType.HASH);
    types.put(keys.ring(), DataType.LIST);
    types.put(keys.retried(), DataType.LIST);
    types.put(keys.claimed(), DataType.LIST);
    types.put(keys.owner(), DataType.STRING);
    types.put(keys.dead(), DataType.LIST);
    if (redis.type(keys.ring()) == DataType.LIST) {
      for (byte[] app : redis.opsForList().range(keys.ring(), 0, MOST_EXPLAINED - 1)) {
        String token = new String(app, StandardCharsets.UTF_8);
        types.put(keys.beforeToken() + token + PartitionKeys.JOBS_AFTER_TOKEN, DataType.LIST);
      }
    }
    return types;
  }

  /**
   * If the lease is lost by now, this may be another worker's batch. Its rows are written once
   * whoever writes them, and this worker cannot acknowledge it.
   */
  private List<byte[]> read(String claimed) {
    return redis.opsForList().range(claimed, 0, -1);
  }

  /**
   * Removes the claimed batch and stores its dead letters. Does nothing if the batch is gone
   * already, so a call may be repeated. Does nothing either if another epoch has begun, because
   * that hands the batch out again.
   *
   * @param batch the claimed batch; not empty
   * @param deadLetters the dead letters of the batch's rejected jobs
   * @throws LeaseLostException if another worker owns the partition; nothing is removed
   * @throws org.springframework.dao.DataAccessException if Redis does not answer. The batch may be
   *     removed or not.
   */
  public void acknowledge(Lease lease, Claim batch, List<String> deadLetters) {
    PartitionKeys keys = lease.keys();
    String claimed = keys.claimed();
    String owner = keys.owner();
    String dead = keys.dead();
    String state = keys.state();
    byte[] worker = utf8(lease.worker().value());
    byte[] batchSize = number(batch.jobs().size());
    byte[] firstJob = batch.jobs().getFirst();
    byte[] epoch = number(batch.place().epoch());
    List<byte[]> arguments = new ArrayList<>(List.of(worker, batchSize, firstJob, epoch));
    deadLetters.forEach(letter -> arguments.add(utf8(letter)));
    long done =
        execute(
            keys,
            ACKNOWLEDGE,
            List.of(claimed, owner, dead, state),
            arguments.toArray(byte[][]::new));
    if (done == 0) {
      throw new LeaseLostException(keys.partition());
    }
  }

  /** Stores dead letters of jobs that Redis does not have any more. */
  public void bury(PartitionKeys keys, List<String> deadLetters) {
    redis
        .opsForList()
        .rightPushAll(keys.dead(), deadLetters.stream().map(QueueScripts::utf8).toList());
  }

  /** Raises a counter to a number in use if it is lower, and returns whether it was. */
  public boolean raise(String counter, long number) {
    return redis.execute(RAISE, List.of(counter), number(number)) == 1;
  }
}
