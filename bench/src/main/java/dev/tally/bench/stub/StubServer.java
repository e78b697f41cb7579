package dev.tally.bench.stub;

import dev.tally.common.redis.RedisClientConfiguration;
import dev.tally.testkit.Service;
import dev.tally.testkit.Services;
import java.util.List;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.data.redis.autoconfigure.DataRedisRepositoriesAutoConfiguration;
import org.springframework.boot.flyway.autoconfigure.FlywayAutoConfiguration;
import org.springframework.context.annotation.Import;

/**
 * A server with the gateway's settings, but without its valves, filters and handlers. Its figures
 * show the cost of the server stack alone.
 */
@SpringBootApplication(
    proxyBeanMethods = false,
    exclude = {FlywayAutoConfiguration.class, DataRedisRepositoriesAutoConfiguration.class})
@Import(RedisClientConfiguration.class)
public class StubServer {

  StubServer() {}

  /** Starts the stub in its own process, as a service. */
  public static Service start(Services services) {
    return services.program(
        "stub", List.of("-cp", System.getProperty("java.class.path"), StubServer.class.getName()));
  }

  /** Runs until SIGTERM. */
  public static void main(String[] args) {
    new SpringApplicationBuilder(StubServer.class)
        .properties("spring.config.name=chat-gateway")
        .run(args);
  }
}
