package dev.tally.api;

import dev.tally.common.redis.RedisClientConfiguration;
import dev.tally.common.search.ElasticsearchClientConfiguration;
import dev.tally.common.startup.SchemaConfiguration;
import dev.tally.common.tracing.TracingConfiguration;
import dev.tally.common.web.field.FieldConfiguration;
import dev.tally.common.web.openapi.OpenApiConfiguration;
import dev.tally.common.web.origin.OriginConfiguration;
import dev.tally.common.web.problem.ProblemConfiguration;
import dev.tally.common.web.ratelimit.RateLimitConfiguration;
import dev.tally.common.web.request.BodyMemoryConfiguration;
import dev.tally.common.web.request.PathNamesConfiguration;
import dev.tally.common.web.server.ServerConfiguration;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.boot.data.elasticsearch.autoconfigure.DataElasticsearchRepositoriesAutoConfiguration;
import org.springframework.boot.data.redis.autoconfigure.DataRedisRepositoriesAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Import;
import org.springframework.scheduling.annotation.EnableScheduling;

/** The service that manages apps, reads chats and messages, searches and streams messages. */
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
  RateLimitConfiguration.class,
  OriginConfiguration.class,
  PathNamesConfiguration.class,
  BodyMemoryConfiguration.class,
  FieldConfiguration.class,
  OpenApiConfiguration.class,
  RedisClientConfiguration.class,
  SchemaConfiguration.class,
  ElasticsearchClientConfiguration.class
})
public class ChatApi {

  ChatApi() {}

  /** Runs the service until the process receives a signal to end. */
  public static void main(String[] args) {
    start(args);
  }

  /**
   * Starts the service in this process.
   *
   * @param args Spring Boot arguments such as {@code --server.port=0}
   * @return the running service; closing it first waits for open requests
   */
  public static ConfigurableApplicationContext start(String... args) {
    return new SpringApplicationBuilder(ChatApi.class)
        .properties("spring.config.name=chat-api")
        .run(args);
  }
}
