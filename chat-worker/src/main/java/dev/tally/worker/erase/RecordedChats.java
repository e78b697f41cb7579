package dev.tally.worker.erase;

import dev.tally.common.identity.AppToken;
import dev.tally.common.partition.PartitionKeys;
import dev.tally.common.partition.RedisLayout;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.springframework.data.redis.core.Cursor;
import org.springframework.data.redis.core.HashOperations;
import org.springframework.data.redis.core.ScanOptions;
import org.springframework.data.redis.core.StringRedisTemplate;

/** The chats that an app's idempotency records are about. */
public final class RecordedChats {

  static final ScanOptions RECORDS_A_STEP = ScanOptions.scanOptions().count(1_000).build();

  /** What {@code lua/accept.lua} records; the chat of a change ends with a letter. */
  private static final Pattern RECORD = Pattern.compile("\\S+ (\\d{1,15})c? \\d+ \\d+");

  /** The first characters of a key's name, which are the names of shards. */
  private static final String SHARDS =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

  private final StringRedisTemplate redis;
  private final RedisLayout layout;

  /** The records in this Redis. */
  public RecordedChats(StringRedisTemplate redis, RedisLayout layout) {
    this.redis = redis;
    this.layout = layout;
  }

  /** The chat whose messages or changes a record is about; 0 if it is about new chats, or none. */
  static long chat(String record) {
    Matcher fields = RECORD.matcher(record);
    return fields.matches() ? Long.parseLong(fields.group(1)) : 0;
  }

  /**
   * The names of the hashes that have an app's records.
   *
   * @throws org.springframework.dao.DataAccessException if Redis does not answer
   */
  List<String> hashes(AppToken app) {
    PartitionKeys keys = layout.partitions().of(app);
    List<String> slices = keys.records(app);
    List<String> hashes = new ArrayList<>(slices);
    for (int slice = 0; slice < slices.size(); slice++) {
      if (redis.opsForHash().hasKey(slices.get(slice), PartitionKeys.MORE)) {
        for (int i = 0; i < SHARDS.length(); i++) {
          hashes.add(keys.shards(app, SHARDS.charAt(i)).get(slice));
        }
      }
    }
    return hashes;
  }

  /**
   * The chats whose messages or changes an app's records are about.
   *
   * @throws org.springframework.dao.DataAccessException if Redis does not answer
   */
  public Set<Long> of(AppToken app) {
    HashOperations<String, String, String> values = redis.opsForHash();
    Set<Long> chats = new HashSet<>();
    for (String hash : hashes(app)) {
      try (Cursor<Map.Entry<String, String>> records = values.scan(hash, RECORDS_A_STEP)) {
        records.forEachRemaining(entry -> chats.add(chat(entry.getValue())));
      }
    }
    chats.remove(0L);
    return chats;
  }
}
