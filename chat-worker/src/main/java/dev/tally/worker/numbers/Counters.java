package dev.tally.worker.numbers;

import dev.tally.common.accept.counter.Parent;
import dev.tally.common.identity.Numbers;
import dev.tally.common.partition.PartitionKeys;
import dev.tally.common.redis.RedisError;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessException;
import org.springframework.data.redis.core.HashOperations;
import org.springframework.data.redis.core.RedisCallback;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.stereotype.Component;

/** Reads the counters that give out numbers. */
@Component
public class Counters {

  private static final String FIRST_EPOCH = "0";

  private static final List<String> FIELDS =
      List.of(PartitionKeys.NUMBERS, PartitionKeys.EPOCH, PartitionKeys.CHANGES);

  /** Counters read from Redis at once. */
  private static final int PAGE = 1_000;

  private final StringRedisTemplate redis;

  /** A reader over this connection. */
  public Counters(StringRedisTemplate redis) {
    this.redis = redis;
  }

  /**
   * The fields of a counter.
   *
   * @param numbers null if there is no counter
   * @param changes the same for the changes of a chat; null if Redis does not know
   */
  public record Counter(@Nullable String numbers, @Nullable String changes, String epoch) {

    /** A key of another type. */
    static final Counter NO_HASH = new Counter("no hash", null, FIRST_EPOCH);

    static Counter of(List<? extends @Nullable Object> fields) {
      Object epoch = fields.get(1);
      return new Counter(
          (String) fields.get(0),
          (String) fields.get(2),
          epoch == null ? FIRST_EPOCH : (String) epoch);
    }

    /** The highest number given out to a child of a parent, in this epoch; 0 if it is not known. */
    public long givenOut(Parent parent, String inEpoch) {
      return parent instanceof Parent.Changes
          ? epoch.equals(inEpoch) ? highestChange() : 0
          : givenOut(inEpoch);
    }

    /** The highest number given out to a change, in whatever epoch; 0 if it is not known. */
    public long highestChange() {
      return changes == null ? 0 : Numbers.count(changes).orElse(0);
    }

    /** The highest number given out in this epoch; 0 if the counter does not tell. */
    public long givenOut(String inEpoch) {
      return epoch.equals(inEpoch) ? highest() : 0;
    }

    /** The highest number given out, in whatever epoch; 0 if the counter does not tell. */
    public long highest() {
      return numbers == null ? 0 : Numbers.count(numbers).orElse(0);
    }
  }

  /**
   * The counters with these names, all of one partition, in order.
   *
   * @throws DataAccessException if Redis does not answer
   */
  public List<Counter> read(List<String> names) {
    List<Counter> counters = new ArrayList<>(names.size());
    for (int from = 0; from < names.size(); from += PAGE) {
      counters.addAll(readPage(names.subList(from, Math.min(names.size(), from + PAGE))));
    }
    return counters;
  }

  private List<Counter> readPage(List<String> names) {
    try {
      return redis
          .executePipelined(
              (RedisCallback<?>)
                  connection -> {
                    for (String name : names) {
                      connection
                          .hashCommands()
                          .hMGet(
                              bytes(name),
                              bytes(PartitionKeys.NUMBERS),
                              bytes(PartitionKeys.EPOCH),
                              bytes(PartitionKeys.CHANGES));
                    }
                    return null;
                  })
          .stream()
          .map(fields -> Counter.of((List<?>) fields))
          .toList();
    } catch (DataAccessException e) {
      if (!RedisError.isWrongType(e)) {
        throw e;
      }
      // One of them is no hash, and the pipeline does not tell which.
      return names.stream().map(this::read).toList();
    }
  }

  /**
   * The counter with this name.
   *
   * @throws DataAccessException if Redis does not answer
   */
  public Counter read(String name) {
    HashOperations<String, String, String> hashes = redis.opsForHash();
    try {
      return Counter.of(hashes.multiGet(name, FIELDS));
    } catch (DataAccessException e) {
      if (!RedisError.isWrongType(e)) {
        throw e;
      }
      return Counter.NO_HASH;
    }
  }

  /** The partition's epoch; read after its counters, since none is of a later one then. */
  public String epoch(PartitionKeys keys) {
    HashOperations<String, String, String> hashes = redis.opsForHash();
    return Objects.requireNonNullElse(hashes.get(keys.state(), PartitionKeys.EPOCH), FIRST_EPOCH);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
