package dev.tally.worker.restore;

import dev.tally.common.identity.AppToken;
import dev.tally.common.partition.PartitionKeys;
import dev.tally.common.redis.KeyScan;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.springframework.data.redis.core.Cursor;
import org.springframework.data.redis.core.HashOperations;
import org.springframework.data.redis.core.ScanOptions;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Forgets the idempotency records of requests whose writes are lost. A client that repeats such a
 * request would be told that it was accepted; without the record, it is accepted anew.
 */
@Component
final class LostRequests {

  private static final String LOST_CHATS =
      """
      SELECT COUNT(*) FROM chats c JOIN apps a ON a.id = c.app_id
      WHERE a.token = :token AND c.number BETWEEN :first AND :last AND c.lost_at IS NOT NULL""";

  private static final String LOST_MESSAGES =
      """
      SELECT COUNT(*) FROM messages m JOIN apps a ON a.id = m.app_id
      WHERE a.token = :token AND m.chat_number = :chat AND m.number BETWEEN :first AND :last
        AND m.lost_at IS NOT NULL""";

  private static final String LOST_CHANGES =
      """
      SELECT COUNT(*) FROM changes h JOIN apps a ON a.id = h.app_id
      WHERE a.token = :token AND h.chat_number = :chat AND h.number BETWEEN :first AND :last
        AND h.effect = 'lost'""";

  /** What {@code lua/accept.lua} records; the chat of a change ends with a letter. */
  private static final Pattern RECORD = Pattern.compile("\\S+ (\\d+)(c?) (\\d+) (\\d+)");

  private static final ScanOptions RECORDS_A_STEP = ScanOptions.scanOptions().count(1_000).build();

  private final KeyScan scan;
  private final StringRedisTemplate redis;
  private final JdbcClient jdbc;

  LostRequests(KeyScan scan, StringRedisTemplate redis, JdbcClient jdbc) {
    this.scan = scan;
    this.redis = redis;
    this.jdbc = jdbc;
  }

  /**
   * Forgets the records of a partition's requests of which nothing is left. A request of which a
   * part is left keeps its record: a repetition would write that part twice.
   *
   * @return how many records are forgotten
   * @throws org.springframework.dao.DataAccessException if Redis or MySQL does not answer; may be
   *     repeated
   */
  long forget(PartitionKeys keys) {
    long[] forgotten = {0};
    scan.forEach(
        keys.beforeToken() + "*" + PartitionKeys.BEFORE_SLICE + "*",
        name -> {
          int end = name.indexOf(PartitionKeys.BEFORE_SLICE);
          AppToken.parse(name.substring(keys.beforeToken().length(), end))
              .ifPresent(app -> forgotten[0] += forget(app, name));
        });
    return forgotten[0];
  }

  /** Forgets lost requests among the records of a hash, and returns how many. */
  private long forget(AppToken app, String name) {
    HashOperations<String, String, String> hashes = redis.opsForHash();
    List<String> lost = new ArrayList<>();
    try (Cursor<Map.Entry<String, String>> records = hashes.scan(name, RECORDS_A_STEP)) {
      while (records.hasNext()) {
        Map.Entry<String, String> entry = records.next();
        if (isLost(app, entry.getValue())) {
          lost.add(entry.getKey());
        }
      }
    }
    long forgotten = 0;
    for (String key : lost) {
      // If it was in a shard, the app's number of records is too high until the shard expires.
      forgotten += hashes.delete(name, key);
    }
    return forgotten;
  }

  private boolean isLost(AppToken app, String record) {
    Matcher fields = RECORD.matcher(record);
    if (!fields.matches()) {
      return false;
    }
    long chat = Long.parseLong(fields.group(1));
    long first = Long.parseLong(fields.group(3));
    long count = Long.parseLong(fields.group(4));
    String ofChildren = fields.group(2).isEmpty() ? LOST_MESSAGES : LOST_CHANGES;
    long lost =
        jdbc.sql(chat == 0 ? LOST_CHATS : ofChildren)
            .param("token", app.value())
            .param("chat", chat)
            .param("first", first)
            .param("last", first + count - 1)
            .query(Long.class)
            .single();
    return lost == count;
  }
}
