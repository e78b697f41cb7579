package dev.tally.gateway;

import dev.tally.common.accept.AcceptConfiguration;
import dev.tally.common.epoch.EpochConfiguration;
import dev.tally.common.partition.RedisLayout;
import dev.tally.common.queue.JobCodec;
import dev.tally.common.queue.WaitingJobs;
import dev.tally.common.redis.RedisClientConfiguration;
import dev.tally.common.redis.RedisRequirementsConfiguration;
import dev.tally.common.tracing.TracingConfiguration;
import dev.tally.common.web.field.FieldConfiguration;
import dev.tally.common.web.openapi.OpenApiConfiguration;
import dev.tally.common.web.origin.OriginConfiguration;
import dev.tally.common.web.problem.ProblemConfiguration;
import dev.tally.common.web.ratelimit.RateLimitConfiguration;
import dev.tally.common.web.request.BodyMemoryConfiguration;
import dev.tally.common.web.request.PathNamesConfiguration;
import dev.tally.common.web.server.ServerConfiguration;
import java.time.Clock;
import java.time.Duration;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.boot.data.redis.autoconfigure.DataRedisRepositoriesAutoConfiguration;
import org.springframework.boot.flyway.autoconfigure.FlywayAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.scheduling.annotation.EnableScheduling;

/** The service that accepts writes. */
@SpringBootApplication(
    proxyBeanMethods = false,
    exclude = {FlywayAutoConfiguration.class, DataRedisRepositoriesAutoConfiguration.class})
@ConfigurationPropertiesScan
@EnableScheduling
@Import({
  ServerConfiguration.class,
  TracingConfiguration.class,
  ProblemConfiguration.class,
  RateLimitConfiguration.class,
  OriginConfiguration.class,
  PathNamesConfiguration.class,
  BodyMemoryConfiguration.class,
  FieldConfiguration.class,
  OpenApiConfiguration.class,
  RedisClientConfiguration.class,
  RedisRequirementsConfiguration.class,
  EpochConfiguration.class,
  AcceptConfiguration.class
})
public class ChatGateway {

  ChatGateway() {}

  /** Runs until the process gets a signal to end. */
  public static void main(String[] args) {
    start(args);
  }

  /**
   * Starts the service in this process.
   *
   * @param args Spring Boot arguments such as {@code --server.port=0}
   * @return the running service; closing it first waits for running requests
   */
  public static ConfigurableApplicationContext start(String... args) {
    SpringApplication application =
        new SpringApplicationBuilder(ChatGateway.class)
            .properties("spring.config.name=chat-gateway")
            .build();
    return application.run(args);
  }

  @Bean
  JobCodec jobCodec() {
    return new JobCodec();
  }

  @Bean
  WaitingJobs waitingJobs(StringRedisTemplate redis, RedisLayout layout, JobCodec codec) {
    return new WaitingJobs(redis, layout, codec);
  }

  /** Ticks in microseconds, because jobs have that precision. */
  @Bean
  Clock clock() {
    return Clock.tick(Clock.systemUTC(), Duration.ofNanos(1_000));
  }
}
