package dev.tally.common.redis;

import dev.tally.common.partition.RedisLayout;
import io.micrometer.core.instrument.MeterRegistry;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.data.redis.connection.RedisConnectionFactory;

/**
 * Checks Redis in the services that write to it. chat-api does not import this: it reads from MySQL
 * whatever Redis is like.
 */
@Configuration(proxyBeanMethods = false)
public class RedisRequirementsConfiguration {

  RedisRequirementsConfiguration() {}

  @Bean
  RedisRequirements redisRequirements(
      RedisConnectionFactory connections,
      RedisLayout layout,
      @Value("${tally.redis.require-persistence}") boolean requirePersistence,
      MeterRegistry meters) {
    return new RedisRequirements(connections, layout, requirePersistence, meters);
  }

  /** Has the name of Spring Boot's indicator, and so replaces it. */
  @Bean
  HealthIndicator redisHealthContributor(
      RedisConnectionFactory connections, RedisRequirements requirements) {
    return new RedisHealth(connections, requirements);
  }
}
