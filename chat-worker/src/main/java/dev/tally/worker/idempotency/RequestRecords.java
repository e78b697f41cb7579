package dev.tally.worker.idempotency;

import dev.tally.common.identity.AppToken;
import dev.tally.common.partition.PartitionKeys;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.springframework.data.redis.core.Cursor;
import org.springframework.data.redis.core.HashOperations;
import org.springframework.data.redis.core.RedisCallback;
import org.springframework.data.redis.core.ScanOptions;
import org.springframework.data.redis.core.StringRedisTemplate;

/**
 * The hashes of idempotency records in Redis. Every command is short. All methods throw Spring's
 * {@code DataAccessException} if Redis does not answer, and may be repeated.
 */
public final class RequestRecords {

  private static final ScanOptions RECORDS_A_STEP = ScanOptions.scanOptions().count(1_000).build();

  /** The first characters of a key's name, which are the names of shards. */
  private static final String SHARDS =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

  private final StringRedisTemplate redis;

  /** The records in this Redis. */
  public RequestRecords(StringRedisTemplate redis) {
    this.redis = redis;
  }

  /**
   * The names of the hashes that have an app's records.
   *
   * @param keys those of the app's partition
   */
  public List<String> hashes(PartitionKeys keys, AppToken app) {
    List<String> slices = keys.records(app);
    List<String> hashes = new ArrayList<>(slices);
    for (int slice = 0; slice < slices.size(); slice++) {
      if (hashes().hasKey(slices.get(slice), PartitionKeys.MORE)) {
        for (int i = 0; i < SHARDS.length(); i++) {
          hashes.add(keys.shards(app, SHARDS.charAt(i)).get(slice));
        }
      }
    }
    return hashes;
  }

  /** Reads the records of a hash. Some may come twice. */
  public void forEach(String hash, Consumer<RequestRecord> reader) {
    scan(hash, (_, record) -> reader.accept(record));
  }

  /**
   * Forgets records of a hash. If it is a shard, the app's number of records is too high until the
   * shard expires.
   *
   * @return how many are forgotten
   */
  public long removeIf(String hash, Predicate<RequestRecord> isForgotten) {
    List<String> names = new ArrayList<>();
    scan(
        hash,
        (name, record) -> {
          if (isForgotten.test(record)) {
            names.add(name);
          }
        });
    long removed = 0;
    for (String name : names) {
      removed += hashes().delete(hash, name);
    }
    return removed;
  }

  /**
   * Forgets all records of an app. It names all hashes that there may be: a shard may outlive what
   * tells of it, if an earlier call was interrupted.
   *
   * @param keys those of the app's partition
   * @return how many fields are gone: records, and the numbers of those in shards
   */
  public long removeAll(PartitionKeys keys, AppToken app) {
    List<String> hashes = new ArrayList<>(keys.records(app));
    for (int i = 0; i < SHARDS.length(); i++) {
      hashes.addAll(keys.shards(app, SHARDS.charAt(i)));
    }
    List<?> sizes =
        redis.executePipelined(
            (RedisCallback<?>)
                connection -> {
                  for (String hash : hashes) {
                    connection.hashCommands().hLen(hash.getBytes(StandardCharsets.UTF_8));
                  }
                  return null;
                });
    long removed = 0;
    for (Object size : sizes) {
      if (size instanceof Long fields) {
        removed += fields;
      }
    }
    redis.unlink(hashes);
    return removed;
  }

  private void scan(String hash, BiConsumer<String, RequestRecord> reader) {
    try (Cursor<Map.Entry<String, String>> fields = hashes().scan(hash, RECORDS_A_STEP)) {
      while (fields.hasNext()) {
        Map.Entry<String, String> field = fields.next();
        RequestRecord.of(field.getValue())
            .ifPresent(record -> reader.accept(field.getKey(), record));
      }
    }
  }

  private HashOperations<String, String, String> hashes() {
    return redis.opsForHash();
  }
}
