package dev.tally.common.redis;

import dev.tally.common.partition.Partitions;
import dev.tally.common.partition.RecordedPartitions;
import dev.tally.common.partition.RedisLayout;
import dev.tally.common.redis.topology.TopologyConfiguration;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.TimeoutOptions;
import io.lettuce.core.resource.Delay;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.data.redis.autoconfigure.ClientResourcesBuilderCustomizer;
import org.springframework.boot.data.redis.autoconfigure.LettuceClientOptionsBuilderCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Configures the Redis client beyond {@code spring.data.redis.*}, for one server or {@linkplain
 * TopologyConfiguration several}.
 *
 * <p>A lost connection fails the commands that wait for an answer. By default Lettuce would send
 * them again after it has reconnected, and a script that numbers and queues a message must never
 * run twice for one request.
 */
@Configuration(proxyBeanMethods = false)
@Import(TopologyConfiguration.class)
public class RedisClientConfiguration {

  static final Delay RECONNECT_DELAY =
      Delay.exponential(Duration.ofMillis(10), Duration.ofSeconds(1), 2, TimeUnit.MILLISECONDS);

  @Bean
  LettuceClientOptionsBuilderCustomizer sendNothingTwice(
      @Value("${spring.data.redis.connect-timeout}") Duration connectTimeout) {
    return options ->
        options
            .replayFilter(command -> true)
            .disconnectedBehavior(ClientOptions.DisconnectedBehavior.REJECT_COMMANDS)
            .timeoutOptions(TimeoutOptions.enabled())
            .socketOptions(
                SocketOptions.builder()
                    .connectTimeout(connectTimeout)
                    .keepAlive(true)
                    .tcpNoDelay(true)
                    .build());
  }

  /**
   * Tries to reconnect at least every second. By default the pauses grow to half a minute, in which
   * writes would be refused although Redis is back.
   */
  @Bean
  ClientResourcesBuilderCustomizer reconnectSoon() {
    return resources -> resources.reconnectDelay(RECONNECT_DELAY);
  }

  @Bean
  RedisLayout redisLayout(
      StringRedisTemplate redis, JdbcClient jdbc, @Value("${tally.partitions}") int partitions) {
    return new RedisLayout(
        redis, new Partitions(partitions), new RecordedPartitions(jdbc)::require);
  }

  @Bean
  MeterBinder configuredPartitions(@Value("${tally.partitions}") int partitions) {
    return meters ->
        Gauge.builder("tally.partitions", () -> partitions)
            .description("Partitions in this service's configuration")
            .register(meters);
  }
}
