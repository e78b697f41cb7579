package dev.tally.common.redis;

import java.util.Objects;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.dao.DataAccessException;

/** Reads what Redis has answered to a command that it refused. */
public final class RedisError {

  private RedisError() {}

  /**
   * The error as Redis words it, for instance {@code WRONGTYPE Operation against …}; empty if the
   * exception has no message. Redis 6 puts the error of a script's command behind the name of the
   * script.
   */
  public static String text(DataAccessException e) {
    return Objects.requireNonNullElse(
        NestedExceptionUtils.getMostSpecificCause(e).getMessage(), "");
  }

  /** Whether the command needs a key of another type. */
  public static boolean isWrongType(DataAccessException e) {
    return text(e).contains("WRONGTYPE");
  }
}
