package dev.tally.bench.stub;

import dev.tally.common.redis.RedisClientConfiguration;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.annotation.Import;

/**
 * Runs on the gateway's own settings, without its valves, filters and handlers: its figures are
 * those of the stack alone.
 */
@SpringBootApplication(proxyBeanMethods = false)
@Import(RedisClientConfiguration.class)
public class StubServer {

  StubServer() {}

  /** Runs until the process is told to end. */
  public static void main(String[] args) {
    new SpringApplicationBuilder(StubServer.class)
        .properties("spring.config.name=chat-gateway")
        .run(args);
  }
}
