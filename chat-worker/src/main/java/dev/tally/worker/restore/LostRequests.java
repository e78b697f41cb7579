package dev.tally.worker.restore;

import dev.tally.common.identity.AppToken;
import dev.tally.common.partition.PartitionKeys;
import dev.tally.common.redis.KeyScan;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
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

  /** What {@code lua/accept.lua} records. */
  private static final Pattern RECORD = Pattern.compile("\\p{XDigit}+ (\\d+) (\\d+) (\\d+)");

  private static final String BEFORE_KEY = ":idempotency:";

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
        keys.beforeToken() + "*" + BEFORE_KEY + "*",
        name -> {
          int end = name.indexOf(BEFORE_KEY);
          Optional<AppToken> app = AppToken.parse(name.substring(keys.beforeToken().length(), end));
          if (app.isPresent()
              && isLost(app.get(), redis.opsForValue().get(name))
              && redis.unlink(name)) {
            forgotten[0]++;
          }
        });
    return forgotten[0];
  }

  private boolean isLost(AppToken app, @Nullable String record) {
    Matcher fields = RECORD.matcher(record == null ? "" : record);
    if (!fields.matches()) {
      return false;
    }
    long first = Long.parseLong(fields.group(1));
    long last = Long.parseLong(fields.group(2));
    long chat = Long.parseLong(fields.group(3));
    long lost =
        jdbc.sql(chat == 0 ? LOST_CHATS : LOST_MESSAGES)
            .param("token", app.value())
            .param("chat", chat)
            .param("first", first)
            .param("last", last)
            .query(Long.class)
            .single();
    return lost == last - first + 1;
  }
}
