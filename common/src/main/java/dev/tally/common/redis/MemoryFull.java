package dev.tally.common.redis;

import org.springframework.dao.DataAccessException;

/** Recognizes a Redis that has used up its {@code maxmemory} and may not evict keys. */
public final class MemoryFull {

  private static final String ERROR = "OOM command not allowed";

  private MemoryFull() {}

  /**
   * Whether Redis refused a command or a script because its memory is full. Then nothing has
   * happened: Redis refuses a script at its first write.
   */
  public static boolean isCauseOf(DataAccessException e) {
    return RedisError.text(e).contains(ERROR);
  }
}
