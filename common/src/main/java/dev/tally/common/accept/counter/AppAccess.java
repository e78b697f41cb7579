package dev.tally.common.accept.counter;

import dev.tally.common.identity.AppToken;
import dev.tally.common.partition.RedisLayout;
import java.util.List;
import java.util.Objects;
import org.springframework.core.io.ClassPathResource;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.data.redis.core.script.RedisScript;

/**
 * The access states of apps in Redis; runs {@code lua/delete-app.lua}. A state is opened by {@link
 * CounterRecovery} alone.
 */
public final class AppAccess {

  private static final RedisScript<Long> DELETE =
      RedisScript.of(new ClassPathResource("lua/delete-app.lua"), Long.class);

  private final StringRedisTemplate redis;
  private final RedisLayout layout;

  /** The states in this Redis. */
  public AppAccess(StringRedisTemplate redis, RedisLayout layout) {
    this.redis = redis;
    this.layout = layout;
  }

  /**
   * Ends the writes of an app. MySQL must have committed before that the app is deleted: otherwise,
   * a gateway might open it again. May be repeated.
   *
   * @return false if Redis does not know the app, so that nothing is accepted in it anyway
   * @throws org.springframework.dao.DataAccessException if Redis does not answer
   */
  public boolean delete(AppToken app) {
    Long marked = redis.execute(DELETE, List.of(layout.partitions().of(app).chats(app))); // counter
    return Objects.equals(marked, 1L);
  }
}
