package dev.tally.api.app;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.tally.common.accept.counter.AppAccess;
import dev.tally.common.identity.AppToken;
import dev.tally.common.log.LoggedFault;
import dev.tally.common.partition.RedisLayout;
import dev.tally.common.web.problem.ProblemException;
import dev.tally.common.web.problem.ProblemType;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Deletes apps: first in MySQL, which ends their reads, then in Redis, which ends their writes. A
 * worker erases the rows afterwards. The app's own row stays, so that nobody gets its token again.
 *
 * <p>A gateway that does not know an app's access state asks MySQL, and locks the app's row until
 * it has written to Redis. So it cannot open the app between the two steps.
 */
@Component
final class Deletion {

  private static final String LOCK =
      """
      SELECT id, deleted_at FROM apps WHERE token = :token FOR UPDATE""";

  private static final String MARK =
      """
      UPDATE apps SET deleted_at = :now WHERE id = :id""";

  /** The chat 0 and the author '' stand for all of the app. */
  private static final String ERASE =
      """
      INSERT INTO erasures (app_id, chat_number, author, requested_at) VALUES (:id, 0, '', :now)
      ON DUPLICATE KEY UPDATE requested_at = requested_at""";

  private static final Logger log = LoggerFactory.getLogger(Deletion.class);

  private final JdbcClient jdbc;
  private final TransactionTemplate transaction;
  private final AppAccess access;

  Deletion(
      JdbcClient jdbc,
      PlatformTransactionManager transactions,
      StringRedisTemplate redis,
      RedisLayout layout) {
    this.jdbc = jdbc;
    this.transaction = new TransactionTemplate(transactions);
    this.access = new AppAccess(redis, layout);
  }

  /** What is told of a deleted app. */
  record Deleted(@JsonProperty("deleted_at") Instant at) {}

  private record Row(long id, @Nullable LocalDateTime deletedAt) {}

  /**
   * Deletes an app. May be repeated.
   *
   * @throws ProblemException 404 if there is no such app, 503 if Redis does not answer: then the
   *     app is deleted, but gateways may still accept writes, which workers drop
   */
  Deleted delete(AppToken app) {
    LocalDateTime at = Objects.requireNonNull(transaction.execute(_ -> mark(app)));
    try {
      access.delete(app);
    } catch (DataAccessException e) {
      log.warn("Redis does not know that an app is deleted: {}", LoggedFault.line(e));
      throw ProblemException.retryable(
          ProblemType.UNAVAILABLE,
          "The app is deleted, but its writes may not have ended yet: repeat the request.",
          Duration.ofSeconds(1));
    }
    return new Deleted(at.toInstant(ZoneOffset.UTC));
  }

  /** Returns when the app was deleted first. */
  private LocalDateTime mark(AppToken app) {
    Optional<Row> found =
        jdbc.sql(LOCK)
            .param("token", app.value())
            .query((row, _) -> new Row(row.getLong(1), row.getObject(2, LocalDateTime.class)))
            .optional();
    Row row = found.orElseThrow(ProblemException::appNotFound);
    LocalDateTime now = LocalDateTime.now(ZoneOffset.UTC).truncatedTo(ChronoUnit.MICROS);
    if (row.deletedAt() == null) {
      jdbc.sql(MARK).param("id", row.id()).param("now", now).update();
    }
    jdbc.sql(ERASE).param("id", row.id()).param("now", now).update();
    return Objects.requireNonNullElse(row.deletedAt(), now);
  }
}
