package dev.tally.common.redis;

import dev.tally.common.log.LoggedFault;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.dao.DataAccessException;
import org.springframework.data.redis.connection.RedisClusterConnection;
import org.springframework.data.redis.connection.RedisConnection;
import org.springframework.data.redis.connection.RedisConnectionFactory;

/**
 * Up if Redis answers and meets the {@link RedisRequirements}. It stands in for Spring Boot's
 * indicator, which runs {@code INFO} and is down for a user who lacks the right to do so.
 */
final class RedisHealth implements HealthIndicator {

  private final RedisConnectionFactory connections;
  private final RedisRequirements requirements;

  RedisHealth(RedisConnectionFactory connections, RedisRequirements requirements) {
    this.connections = connections;
    this.requirements = requirements;
  }

  @Override
  public Health health() {
    try (RedisConnection connection = connections.getConnection()) {
      if (!isWorking(connection)) {
        return Health.down().withDetail("error", "the cluster is down").build();
      }
    } catch (DataAccessException e) {
      return Health.down().withDetail("error", LoggedFault.line(e)).build();
    }
    return switch (requirements.verdict()) {
      case RedisRequirements.Fit _ -> Health.up().build();
      case RedisRequirements.Unchecked(String reason) ->
          Health.up().withDetail("unchecked", reason).build();
      case RedisRequirements.Unfit(String reason, _) ->
          Health.down().withDetail("refused", reason).build();
    };
  }

  private static boolean isWorking(RedisConnection connection) {
    if (connection instanceof RedisClusterConnection cluster) {
      return !"fail".equals(cluster.clusterCommands().clusterGetClusterInfo().getState());
    }
    return connection.ping() != null;
  }
}
