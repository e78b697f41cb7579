package dev.tally.common.redis.topology;

import org.springframework.beans.factory.annotation.Value;
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

  @Bean
  @Conditional(NodesGiven.class)
  DataRedisConnectionDetails redisNodes(
      @Value("${" + CLUSTER_NODES + "}") String cluster,
      @Value("${" + SENTINEL_NODES + "}") String sentinels,
      @Value("${tally.redis.sentinel-master}") String master,
      @Value("${tally.redis.sentinel-password}") String password,
      @Value("${spring.data.redis.url}") String url) {
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
