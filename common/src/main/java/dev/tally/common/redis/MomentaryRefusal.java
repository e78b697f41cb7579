package dev.tally.common.redis;

import java.util.regex.Pattern;
import org.springframework.dao.DataAccessException;

/**
 * Recognizes a Redis that refuses a command for the moment: it moves a slot to another node, fails
 * over, loads its data, or misses replicas that it must have ({@code min-replicas-to-write}).
 */
public final class MomentaryRefusal {

  /** Redis 6 puts the error of a script's command behind the name of the script. */
  private static final Pattern ERROR =
      Pattern.compile(
          "^(TRYAGAIN|CLUSTERDOWN|LOADING|MASTERDOWN|READONLY|NOREPLICAS) |: -(READONLY|NOREPLICAS) ");

  private MomentaryRefusal() {}

  /**
   * Whether Redis refused a command or a script. Then nothing has happened: Redis decides before it
   * runs a command. Of a script it refuses the first write, because neither its role nor the number
   * of its replicas changes while the script runs.
   */
  public static boolean isCauseOf(DataAccessException e) {
    return ERROR.matcher(RedisError.text(e)).find();
  }
}
