package dev.tally.api.chat;

import dev.tally.common.identity.AppToken;
import dev.tally.common.identity.ChatName;
import dev.tally.common.log.LoggedFault;
import dev.tally.common.partition.PartitionKeys;
import dev.tally.common.partition.RedisLayout;
import dev.tally.common.web.problem.ProblemException;
import dev.tally.common.web.problem.ProblemType;
import java.time.Duration;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.stereotype.Component;

/**
 * Tells numbers that are not persisted yet from numbers that do not exist, by the counters in
 * Redis. Without Redis, both get the plain 404.
 */
@Component
public class GivenNumbers {

  private static final Logger log = LoggerFactory.getLogger(GivenNumbers.class);

  private final StringRedisTemplate redis;
  private final RedisLayout layout;

  GivenNumbers(StringRedisTemplate redis, RedisLayout layout) {
    this.redis = redis;
    this.layout = layout;
  }

  /** Makes the 404 for a chat that has no row. */
  public ProblemException missingChat(String token, long number) {
    return isGiven(keys -> keys.chats(new AppToken(token)), token, number)
        ? notPersistedYet("The chat was accepted and is not persisted yet: ask again.")
        : ProblemException.chatNotFound();
  }

  /** Makes the 404 for a message that has no row. */
  public ProblemException missingMessage(String token, long chat, long number) {
    return isGiven(keys -> keys.messages(new ChatName(new AppToken(token), chat)), token, number)
        ? notPersistedYet("The message was accepted and is not persisted yet: ask again.")
        : ProblemException.messageNotFound();
  }

  private static ProblemException notPersistedYet(String detail) {
    return ProblemException.retryable(ProblemType.NOT_PERSISTED_YET, detail, Duration.ofSeconds(1));
  }

  private boolean isGiven(Function<PartitionKeys, String> counter, String token, long number) {
    try {
      PartitionKeys keys = layout.partitions().of(new AppToken(token));
      String highest = redis.opsForValue().get(counter.apply(keys));
      return highest != null && Long.parseLong(highest) >= number;
    } catch (DataAccessException e) {
      log.debug("Redis did not say whether a number was given out: {}", LoggedFault.line(e));
      return false;
    }
  }
}
