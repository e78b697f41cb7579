package dev.tally.worker;

import dev.tally.common.queue.JobCodec;
import dev.tally.common.redis.RedisClientConfiguration;
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
import org.springframework.scheduling.annotation.EnableScheduling;

/** The service that persists and indexes, and the operator commands that come with it. */
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
  SchemaConfiguration.class,
  ElasticsearchClientConfiguration.class
})
public class ChatWorker {

  ChatWorker() {}

  /**
   * Runs an operator command if the arguments name one, else the service until the process is told
   * to end.
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
   * @return the running service; closing it lets batches under way be committed and acknowledged
   *     first
   */
  public static ConfigurableApplicationContext start(String... args) {
    return new SpringApplicationBuilder(ChatWorker.class)
        .properties("spring.config.name=chat-worker")
        .profiles("service")
        .run(args);
  }

  /**
   * Everything but what runs by itself: no leases, no draining, no indexing, no port.
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
}
