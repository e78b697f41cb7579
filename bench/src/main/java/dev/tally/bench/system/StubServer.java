package dev.tally.bench.system;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.tally.testkit.Service;
import dev.tally.testkit.Services;
import java.util.List;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.data.redis.autoconfigure.DataRedisRepositoriesAutoConfiguration;
import org.springframework.boot.flyway.autoconfigure.FlywayAutoConfiguration;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/**
 * A server with the gateway's settings, but without its valves, filters and handlers. It answers
 * requests with almost no work, so its figures show the cost of the server stack alone.
 */
@SpringBootApplication(
    proxyBeanMethods = false,
    exclude = {FlywayAutoConfiguration.class, DataRedisRepositoriesAutoConfiguration.class})
@RestController
public class StubServer {

  private static final Message MESSAGE =
      new Message(1, "Ten thousand messages later, and not one of them lost on its way here.");

  record Body(String body) {}

  record Accepted(@JsonProperty("message_number") long number) {}

  record Message(long number, String body) {}

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

  @PostMapping("/empty")
  @ResponseStatus(HttpStatus.CREATED)
  Accepted post(@RequestBody Body ignored) {
    return new Accepted(1);
  }

  @GetMapping("/empty")
  Message get() {
    return MESSAGE;
  }
}
