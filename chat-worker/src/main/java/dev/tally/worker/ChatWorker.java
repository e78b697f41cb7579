package dev.tally.worker;

import dev.tally.common.deadletter.DeadLetters;
import dev.tally.common.epoch.EpochConfiguration;
import dev.tally.common.partition.RedisLayout;
import dev.tally.common.queue.JobCodec;
import dev.tally.common.queue.WaitingJobs;
import dev.tally.common.redis.BytesRedisTemplate;
import dev.tally.common.redis.KeyScan;
import dev.tally.common.redis.RedisClientConfiguration;
import dev.tally.common.redis.RedisRequirementsConfiguration;
import dev.tally.common.search.ElasticsearchClientConfiguration;
import dev.tally.common.startup.SchemaConfiguration;
import dev.tally.common.tracing.TracingConfiguration;
import dev.tally.common.web.problem.ProblemConfiguration;
import dev.tally.common.web.server.ServerConfiguration;
import dev.tally.worker.command.WorkerCommand;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.boot.data.elasticsearch.autoconfigure.DataElasticsearchRepositoriesAutoConfiguration;
import org.springframework.boot.data.redis.autoconfigure.DataRedisRepositoriesAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.scheduling.annotation.EnableScheduling;

/** The service that persists and indexes writes, with the operator's commands. */
@SpringBootApplication(
    proxyBeanMethods = false,
    exclude = {
      DataElasticsearchRepositoriesAutoConfiguration.class,
      DataRedisRepositoriesAutoConfiguration.class
    })
@ConfigurationPropertiesScan
@EnableScheduling
@Import({
  ServerConfiguration.class,
  TracingConfiguration.class,
  ProblemConfiguration.class,
  RedisClientConfiguration.class,
  RedisRequirementsConfiguration.class,
  EpochConfiguration.class,
  SchemaConfiguration.class,
  ElasticsearchClientConfiguration.class
})
public class ChatWorker {

  ChatWorker() {}

  /**
   * Runs a command if the arguments name one. Otherwise runs the service until the process is
   * stopped.
   */
  public static void main(String[] args) {
    if (WorkerCommand.isMeantBy(args)) {
      System.exit(WorkerCommand.execute(ChatWorker::forCommand, args));
    }
    start(args);
  }

  /**
   * Starts the service in this process.
   *
   * @param args Spring Boot arguments such as {@code --server.port=0}
   * @return the running service; closing it waits until batches under way are committed and
   *     acknowledged
   */
  public static ConfigurableApplicationContext start(String... args) {
    return new SpringApplicationBuilder(ChatWorker.class)
        .properties("spring.config.name=chat-worker")
        .profiles("service")
        .run(args);
  }

  /**
   * Starts the parts that commands use: no leases, no draining, no indexing, no port.
   *
   * @param args Spring Boot arguments
   */
  public static ConfigurableApplicationContext forCommand(String... args) {
    return new SpringApplicationBuilder(ChatWorker.class)
        .properties("spring.config.name=chat-worker", "logging.level.root=WARN")
        .web(WebApplicationType.NONE)
        .run(args);
  }

  @Bean
  JobCodec jobCodec() {
    return new JobCodec();
  }

  @Bean
  BytesRedisTemplate bytesRedisTemplate(RedisConnectionFactory connections) {
    return new BytesRedisTemplate(connections);
  }

  @Bean
  KeyScan keyScan(BytesRedisTemplate redis) {
    return new KeyScan(redis);
  }

  @Bean
  DeadLetters deadLetters(BytesRedisTemplate redis, RedisLayout layout) {
    return new DeadLetters(redis, layout);
  }

  @Bean
  WaitingJobs waitingJobs(StringRedisTemplate redis, RedisLayout layout, JobCodec codec) {
    return new WaitingJobs(redis, layout, codec);
  }
}
