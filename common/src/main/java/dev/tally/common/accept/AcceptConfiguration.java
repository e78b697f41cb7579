package dev.tally.common.accept;

import dev.tally.common.accept.replica.WaitProperties;
import dev.tally.common.epoch.Epochs;
import dev.tally.common.partition.RedisLayout;
import dev.tally.common.queue.WaitingJobs;
import dev.tally.common.redis.RedisRequirements;
import io.micrometer.core.instrument.MeterRegistry;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.PlatformTransactionManager;

/** The queue of a service that accepts jobs. The service has {@link QueueLimits} as a bean. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties({WaitProperties.class, IdempotencyLimits.class})
public class AcceptConfiguration {

  AcceptConfiguration() {}

  @Bean
  JobQueue jobQueue(
      RedisRequirements requirements,
      LettuceConnectionFactory connections,
      StringRedisTemplate redis,
      RedisLayout layout,
      WaitingJobs waiting,
      Epochs epochs,
      JdbcClient jdbc,
      PlatformTransactionManager transactions,
      QueueLimits limits,
      WaitProperties wait,
      IdempotencyLimits idempotency,
      MeterRegistry meters) {
    wait.requireFor(
        connections.isClusterAware(), connections.getClientConfiguration().getCommandTimeout());
    return new JobQueue(
        requirements,
        connections,
        redis,
        layout,
        waiting,
        epochs,
        jdbc,
        transactions,
        limits,
        wait,
        idempotency,
        meters);
  }
}
