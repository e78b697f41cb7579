package dev.tally.common.redis.topology;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/** Which Redis the client uses, by the settings that are given. Nothing is connected. */
class TopologyConfigurationTest {

  private final ApplicationContextRunner service =
      new ApplicationContextRunner()
          .withConfiguration(AutoConfigurations.of(DataRedisAutoConfiguration.class))
          .withUserConfiguration(TopologyConfiguration.class)
          .withBean(MeterRegistry.class, SimpleMeterRegistry::new)
          .withPropertyValues(
              "spring.data.redis.url=redis://127.0.0.1:1",
              "tally.redis.cluster-nodes=",
              "tally.redis.sentinel-nodes=",
              "tally.redis.sentinel-master=mymaster",
              "tally.redis.sentinel-password=");

  @Test
  void emptySettingsMeanOneServer() {
    service.run(
        context -> {
          LettuceConnectionFactory redis = context.getBean(LettuceConnectionFactory.class);
          assertThat(redis.isClusterAware()).isFalse();
          assertThat(redis.isRedisSentinelAware()).isFalse();
          assertThat(context).doesNotHaveBean(FailoverWatch.class);
        });
  }

  @Test
  void nodesOfAClusterMeanACluster() {
    service
        .withPropertyValues("tally.redis.cluster-nodes=127.0.0.1:1")
        .run(
            context -> {
              assertThat(context.getBean(LettuceConnectionFactory.class).isClusterAware()).isTrue();
              assertThat(context).doesNotHaveBean(FailoverWatch.class);
            });
  }

  @Test
  void sentinelsAreFollowed() {
    service
        .withPropertyValues("tally.redis.sentinel-nodes=127.0.0.1:1")
        .run(
            context -> {
              assertThat(context.getBean(LettuceConnectionFactory.class).isRedisSentinelAware())
                  .isTrue();
              assertThat(context).hasSingleBean(FailoverWatch.class);
            });
  }

  @Test
  void aServiceWithBothEnds() {
    service
        .withPropertyValues(
            "tally.redis.cluster-nodes=127.0.0.1:1", "tally.redis.sentinel-nodes=127.0.0.1:2")
        .run(
            context ->
                assertThat(context)
                    .getFailure()
                    .rootCause()
                    .hasMessage(
                        """
                        TALLY_REDIS_CLUSTER_NODES and TALLY_REDIS_SENTINEL_NODES are both set: keep \
                        the first for a Redis Cluster, or the second for Sentinels"""));
  }
}
