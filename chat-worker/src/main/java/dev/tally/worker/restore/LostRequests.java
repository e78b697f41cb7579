package dev.tally.worker.restore;

import dev.tally.common.identity.AppToken;
import dev.tally.common.partition.PartitionKeys;
import dev.tally.common.redis.KeyScan;
import dev.tally.worker.idempotency.RequestRecord;
import dev.tally.worker.idempotency.RequestRecords;
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

  private final KeyScan scan;
  private final RequestRecords records;
  private final JdbcClient jdbc;

  LostRequests(KeyScan scan, StringRedisTemplate redis, JdbcClient jdbc) {
    this.scan = scan;
    this.records = new RequestRecords(redis);
    this.jdbc = jdbc;
  }

  /**
   * Forgets the records of a partition's requests of which nothing is left. A request of which a
   * part is left keeps its record: a repetition would write that part twice. Nothing tells what is
   * left of a request without numbers, and a repetition does no harm, so none keeps its record.
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
              .ifPresent(
                  app -> forgotten[0] += records.removeIf(name, record -> isLost(app, record)));
        });
    return forgotten[0];
  }

  private boolean isLost(AppToken app, RequestRecord record) {
    if (record.isUnnumbered()) {
      return true;
    }
    String ofChildren = record.isOfChanges() ? LOST_CHANGES : LOST_MESSAGES;
    long lost =
        jdbc.sql(record.chat() == 0 ? LOST_CHATS : ofChildren)
            .param("token", app.value())
            .param("chat", record.chat())
            .param("first", record.first())
            .param("last", record.first() + record.count() - 1)
            .query(Long.class)
            .single();
    return lost == record.count();
  }
}
