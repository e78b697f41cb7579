package dev.tally.common.redis.topology;

import org.springframework.boot.data.redis.autoconfigure.DataRedisConnectionDetails;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Condition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.env.Environment;
import org.springframework.core.type.AnnotatedTypeMetadata;
import org.springframework.util.StringUtils;

/**
 * Tells the Redis client where Redis is, if that is more than one server: a cluster, some of whose
 * nodes {@code tally.redis.cluster-nodes} names, or the primary that the Sentinels of {@code
 * tally.redis.sentinel-nodes} name.
 */
@Configuration(proxyBeanMethods = false)
@Import(SentinelConfiguration.class)
public class TopologyConfiguration {

  private static final String CLUSTER_NODES = "tally.redis.cluster-nodes";
  private static final String SENTINEL_NODES = "tally.redis.sentinel-nodes";

  TopologyConfiguration() {}

  /** Not by {@code @Value}, which would evaluate a password with <code>#{…}</code> and quote it. */
  @Bean
  @Conditional(NodesGiven.class)
  DataRedisConnectionDetails redisNodes(Environment settings) {
    String cluster = settings.getRequiredProperty(CLUSTER_NODES);
    String sentinels = settings.getRequiredProperty(SENTINEL_NODES);
    String master = settings.getRequiredProperty("tally.redis.sentinel-master");
    String password = settings.getRequiredProperty("tally.redis.sentinel-password");
    String url = settings.getRequiredProperty("spring.data.redis.url");
    if (!StringUtils.hasText(sentinels)) {
      return ClusterConnectionDetails.of(cluster, url);
    }
    if (StringUtils.hasText(cluster)) {
      throw new IllegalArgumentException(
          """
          TALLY_REDIS_CLUSTER_NODES and TALLY_REDIS_SENTINEL_NODES are both set: keep the first for a \
          Redis Cluster, or the second for Sentinels""");
    }
    return SentinelConnectionDetails.of(sentinels, master, password, url);
  }

  /** An environment variable may be set and empty, which means one server. */
  private static boolean isGiven(ConditionContext context, String name) {
    Environment environment = context.getEnvironment();
    return StringUtils.hasText(environment.getProperty(name, ""));
  }

  static final class NodesGiven implements Condition {
    @Override
    public boolean matches(ConditionContext context, AnnotatedTypeMetadata metadata) {
      return isGiven(context, CLUSTER_NODES) || isGiven(context, SENTINEL_NODES);
    }
  }

  static final class SentinelsGiven implements Condition {
    @Override
    public boolean matches(ConditionContext context, AnnotatedTypeMetadata metadata) {
      return isGiven(context, SENTINEL_NODES);
    }
  }
}
