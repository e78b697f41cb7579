package dev.tally.common.redis;

import java.util.regex.Pattern;
import org.springframework.dao.DataAccessException;

/**
 * Recognizes a Redis that refuses a command for the moment: it moves a slot to another node, fails
 * over, or loads its data.
 */
public final class MomentaryRefusal {

  /** Redis 6 puts the error of a script's command behind the name of the script. */
  private static final Pattern ERROR =
      Pattern.compile("^(TRYAGAIN|CLUSTERDOWN|LOADING|MASTERDOWN|READONLY) |: -READONLY ");

  private MomentaryRefusal() {}

  /**
   * Whether Redis refused a command or a script. Then nothing has happened: Redis decides before it
   * runs a command, and of a script on a replica it refuses the first write.
   */
  public static boolean isCauseOf(DataAccessException e) {
    return ERROR.matcher(RedisError.text(e)).find();
  }
}
