package dev.tally.common.redis;

import java.util.Map;
import java.util.StringJoiner;
import java.util.function.Supplier;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.NonTransientDataAccessResourceException;
import org.springframework.data.redis.connection.DataType;
import org.springframework.data.redis.core.RedisOperations;

/**
 * A key holds another type than Tally's, because somebody wrote to it. Redis itself does not say
 * which key that is. The message names each such key and says what to do.
 */
public final class WrongTypeException extends NonTransientDataAccessResourceException {

  private static final long serialVersionUID = 1L;

  private WrongTypeException(String message, DataAccessException refusal) {
    super(message, refusal);
  }

  /**
   * Explains why Redis refused a script or a command.
   *
   * @param types answers the keys that it used, with the type that each must have if it exists;
   *     only asked if a key has another type
   * @return the refusal itself, unless one of the keys has another type
   * @throws DataAccessException if Redis does not answer
   */
  public static DataAccessException explained(
      DataAccessException refusal,
      RedisOperations<String, ?> redis,
      Supplier<Map<String, DataType>> types) {
    if (!RedisError.isWrongType(refusal)) {
      return refusal;
    }
    StringJoiner wrong = new StringJoiner("; ");
    types
        .get()
        .forEach(
            (key, type) -> {
              DataType found = redis.type(key);
              if (found != type && found != DataType.NONE) {
                wrong.add("%s is a %s and must be a %s".formatted(key, found.code(), type.code()));
              }
            });
    return wrong.length() == 0
        ? refusal
        : new WrongTypeException(
            "somebody wrote to Tally's keys in Redis: %s; move it away with RENAME"
                .formatted(wrong),
            refusal);
  }
}
