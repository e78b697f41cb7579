package dev.tally.system.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tally.system.RunningTally;
import dev.tally.testkit.http.Http;
import java.net.URI;
import java.net.http.HttpRequest;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.context.ConfigurableApplicationContext;

/** The limit of a client address counts all requests but those for health. */
class AddressRateLimitIT {

  private static final String FRESH = "\"address\";r=1;t=1";

  /** Each test comes from an address of its own, through a proxy. */
  private static final AtomicInteger ADDRESSES = new AtomicInteger();

  private static ConfigurableApplicationContext api;
  private static ConfigurableApplicationContext gateway;

  private final String address = "203.0.113." + ADDRESSES.incrementAndGet();

  @BeforeAll
  static void start() {
    String[] limit = {
      "--TALLY_RATE_LIMIT_ADDRESS_PER_SECOND=1",
      "--TALLY_RATE_LIMIT_ADDRESS_BURST=2",
      "--TALLY_TRUSTED_PROXIES=127.0.0.1"
    };
    api = RunningTally.shared().startApi(limit);
    gateway = RunningTally.shared().startGateway(limit);
  }

  @AfterAll
  static void stop() {
    gateway.close();
    api.close();
  }

  /** What a request asks for does not matter, nor whether it gets it. */
  @ParameterizedTest
  @CsvSource({
    "api, GET, /operations",
    "api, GET, /nothing",
    "api, DELETE, /apps",
    "api, GET, /",
    "api, GET, /console/main.js",
    "api, GET, /docs",
    "api, GET, /docs/swagger-ui-bundle.js",
    "api, GET, /openapi.json",
    "api, GET, /actuator/prometheus",
    "api, GET, /actuator/health/%2e%2e/prometheus",
    "gateway, GET, /nothing",
    "gateway, GET, /apps/x/chats",
    "gateway, OPTIONS, /apps/x/chats",
    "gateway, GET, /openapi.json",
    "gateway, GET, /actuator/prometheus",
  })
  void everyRequestToEitherServiceCounts(String service, String method, String path) {
    Http.Answer answer = send(service, method, path);
    assertThat(answer.status()).isNotEqualTo(429);
    assertThat(answer.header("RateLimit-Policy")).hasValue("\"address\";q=2;w=2");
    assertThat(answer.header("RateLimit")).hasValue(FRESH);

    for (int i = 0; i < 1_000 && answer.status() != 429; i++) {
      answer = send(service, method, path);
    }

    answer.isProblem(429, "rate-limited", "Too many requests");
    assertThat(answer.header("Retry-After")).hasValue("1");
  }

  @ParameterizedTest
  @CsvSource({"api, /apps;x=y", "api, /actuator/health/..;/prometheus", "gateway, /apps/x;y/chats"})
  void aPathThatNoRouteCanHaveCounts(String service, String path) {
    Http.Answer answer = send(service, "GET", path);

    answer.isProblem(400, "malformed-request", "Malformed request");
    assertThat(answer.header("RateLimit")).hasValue(FRESH);
  }

  @ParameterizedTest
  @CsvSource({"/actuator/health", "/actuator/health/liveness", "/actuator/health/readiness"})
  void healthDoesNotCount(String path) {
    for (int i = 0; i < 10; i++) {
      assertThat(send("gateway", "GET", path).is(200).header("RateLimit")).isEmpty();
      assertThat(send("api", "GET", path).is(200).header("RateLimit")).isEmpty();
    }
  }

  @Test
  void aPageMayReadThatItIsRefused() {
    String path = "/apps/" + "0".repeat(32) + "/chats";
    Http.Answer answer = send("gateway", "POST", path, "Origin", "http://localhost:3000");
    for (int i = 0; i < 1_000 && answer.status() != 429; i++) {
      answer = send("gateway", "POST", path, "Origin", "http://localhost:3000");
    }

    answer.isProblem(429, "rate-limited", "Too many requests");
    assertThat(answer.header("Access-Control-Allow-Origin")).hasValue("http://localhost:3000");
    String metrics = RunningTally.url(gateway) + "/actuator/prometheus";
    assertThat(Http.get(metrics, "X-Forwarded-For", "198.51.100.1").is(200).response().body())
        .containsPattern("tally_rejected_total\\{.*reason=\"rate-limited\".*} [1-9]");
  }

  private Http.Answer send(String service, String method, String path, String... headers) {
    String url = RunningTally.url(service.equals("api") ? api : gateway) + path;
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(url))
            .method(method, HttpRequest.BodyPublishers.noBody())
            .header("X-Forwarded-For", address);
    if (headers.length > 0) {
      request.headers(headers);
    }
    return Http.send(request);
  }
}
