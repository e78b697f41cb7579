package dev.tally.common.epoch;

import io.micrometer.core.instrument.MeterRegistry;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.PlatformTransactionManager;

/** The comparisons of a service that accepts or persists jobs. */
@Configuration(proxyBeanMethods = false)
public class EpochConfiguration {

  EpochConfiguration() {}

  @Bean
  Epochs epochs(
      StringRedisTemplate redis,
      JdbcClient jdbc,
      PlatformTransactionManager transactions,
      MeterRegistry meters) {
    return new Epochs(redis, jdbc, transactions, meters);
  }
}
