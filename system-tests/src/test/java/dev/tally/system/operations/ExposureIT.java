package dev.tally.system.operations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tally.system.RunningTally;
import dev.tally.system.TallyClient;
import dev.tally.testkit.http.Http;
import dev.tally.testkit.http.Wire;
import java.net.ConnectException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpRequest;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.context.ConfigDataApplicationContextInitializer;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.Environment;

/** Answers have security headers and reveal nothing about the inside of a service. */
class ExposureIT {

  private static final Map<String, String> HEADERS =
      Map.of(
          "X-Content-Type-Options", "nosniff",
          "Cache-Control", "no-store",
          "Referrer-Policy", "no-referrer",
          "Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'");

  private static RunningTally running;
  private static TallyClient tally;

  @BeforeAll
  static void start() {
    running = RunningTally.shared();
    tally = TallyClient.of(running);
  }

  @Test
  void everyAnswerHasSecurityHeaders() {
    String app = tally.newApp();
    long chat = tally.newChat(app);
    String messages = tally.messagesTo(app, chat);
    List<Http.Answer> answers = new ArrayList<>();
    answers.add(Http.postJson(tally.api() + "/apps", "{\"name\":\"x\"}").is(201));
    answers.add(Http.get(tally.api() + "/apps?limit=1").is(200));
    answers.add(Http.get(tally.appUrl(app)).is(200));
    answers.add(Http.get(tally.appUrl("x")).is(404));
    answers.add(Http.get(tally.api() + "/nowhere").is(404));
    answers.add(Http.postJson(tally.api() + "/apps", "{").is(400));
    answers.add(Http.postJson(messages, "{\"body\":\"x\"}").is(201));
    answers.add(Http.postJson(messages, "{\"body\":\"\"}").is(422));
    answers.add(Http.postBytes(messages, "text/plain", new byte[1]).is(415));
    answers.add(Http.postBytes(messages, "application/json", new byte[200_000]).is(413));
    answers.add(Http.get(messages).is(405));
    for (String url : List.of(tally.api(), tally.gateway(), running.worker())) {
      answers.add(Http.get(url + "/actuator/health/liveness").is(200));
      answers.add(Http.get(url + "/actuator/prometheus").is(200));
      answers.add(Http.get(url + "/actuator/nothing").is(404));
      answers.add(method("OPTIONS", url + "/actuator/health"));
      answers.add(method("TRACE", url + "/apps"));
    }

    for (Http.Answer answer : answers) {
      String what = answer.response().request().method() + " " + answer.response().uri();
      HEADERS.forEach(
          (name, value) ->
              assertThat(answer.response().headers().allValues(name))
                  .as(name + " of " + what)
                  .containsExactly(value));
      assertThat(answer.header("Server")).as(what).isEmpty();
      assertThat(answer.header("X-Powered-By")).as(what).isEmpty();
      // The request did not use TLS.
      assertThat(answer.header("Strict-Transport-Security")).as(what).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET /apps/%ZZ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
        "GET /apps/%00 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
        "GET /apps|x HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
        "GET /a b c HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
        "NONSENSE\r\n\r\n",
        "GET /apps HTTP/3.7\r\nHost: localhost\r\nConnection: close\r\n\r\n",
        "GET /apps HTTP/1.1\r\nConnection: close\r\n\r\n",
        "GET /apps HTTP/1.1\r\nHost: localhost\r\nbroken header\r\nConnection: close\r\n\r\n",
        "POST /apps HTTP/1.1\r\nHost: localhost\r\nContent-Length: x\r\nConnection: close\r\n\r\n",
        "POST /apps HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: x\r\nConnection: close\r\n\r\n",
        "GET /../.. HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
        "GET http://x:y/apps HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
        "GET /apps HTTP/1.1\r\nHost: x y\r\nConnection: close\r\n\r\n"
      })
  void answersToMalformedHttpHaveSecurityHeaders(String request) {
    for (String url : List.of(tally.api(), tally.gateway(), running.worker())) {
      List<Wire.Answer> answers = Wire.send(url, request).answers();

      assertThat(answers).isNotEmpty();
      for (Wire.Answer answer : answers) {
        HEADERS.forEach(
            (name, value) ->
                assertThat(answer.headers()).containsEntry(name.toLowerCase(Locale.ROOT), value));
        assertThat(answer.headers()).doesNotContainKey("server");
        assertThat(answer.body()).doesNotContainIgnoringCase("tomcat").doesNotContain("Exception");
      }
    }
  }

  @Test
  void theActuatorShowsOnlyHealthInfoAndMetrics() {
    for (String url : List.of(tally.api(), tally.gateway(), running.worker())) {
      Set<String> shown = new HashSet<>();
      Http.get(url + "/actuator")
          .json()
          .path("_links")
          .propertyNames()
          .forEach(name -> shown.add(name.replaceAll("-.*", "")));
      assertThat(shown).containsExactlyInAnyOrder("self", "health", "info", "prometheus");
      for (String endpoint :
          List.of(
              "env",
              "configprops",
              "beans",
              "conditions",
              "heapdump",
              "threaddump",
              "loggers",
              "logfile",
              "mappings",
              "metrics",
              "flyway",
              "scheduledtasks",
              "sbom",
              "httpexchanges")) {
        assertThat(Http.get(url + "/actuator/" + endpoint).status()).as(endpoint).isEqualTo(404);
      }
      assertThat(method("POST", url + "/actuator/shutdown").status()).isEqualTo(404);
      Http.Answer health = Http.get(url + "/actuator/health");
      assertThat(health.json().path("status").asString()).isNotEmpty();
      assertThat(health.json().has("components")).isFalse();
      assertThat(health.json().has("details")).isFalse();
      assertThat(Http.get(url + "/actuator/health/db").status()).isEqualTo(404);
      assertThat(Http.get(url + "/actuator/info").is(200).json()).isEmpty();
    }
  }

  @Test
  void theActuatorMovesToItsOwnPort() {
    try (ConfigurableApplicationContext gateway =
        running.startGateway("--TALLY_MANAGEMENT_PORT=0")) {
      String management = RunningTally.managementUrl(gateway);
      assertThat(management).isNotEqualTo(RunningTally.url(gateway));
      // This address reaches a server on all addresses, but not a server on 127.0.0.1.
      assertThatThrownBy(() -> new Socket("127.0.0.2", URI.create(management).getPort()).close())
          .isInstanceOf(ConnectException.class);

      Http.get(RunningTally.url(gateway) + "/actuator/prometheus")
          .isProblem(404, "no-such-route", "No such route");
      Http.get(RunningTally.url(gateway) + "/actuator/health").is(404);
      Http.get(RunningTally.url(gateway) + "/livez").is(200);
      Http.get(RunningTally.url(gateway) + "/readyz").is(200);
      Http.Answer health = Http.get(management + "/actuator/health/readiness").is(200);
      Http.get(management + "/actuator/prometheus").is(200);
      assertThat(Http.post(management + "/apps/" + tally.newApp() + "/chats").status())
          .isEqualTo(404);
      HEADERS.forEach((name, value) -> assertThat(health.header(name)).hasValue(value));
    }
  }

  @Test
  void loadBalancersFindHealthOnThePortsOfTheServices() {
    for (String url : List.of(running.api(), running.gateway(), running.worker())) {
      for (String path : List.of("/livez", "/readyz")) {
        assertThat(Http.get(url + path).is(200).json()).hasToString("{\"status\":\"UP\"}");
      }
      Http.get(url + "/healthz").is(404);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "chat-api, 8083, 3000",
    "chat-gateway, 8082, 8000",
    "chat-worker, 8081, 8081",
  })
  void healthAndMetricsHavePortsOfTheirOwn(String service, String management, String own) {
    configured(service)
        .run(
            context -> {
              Environment settings = context.getEnvironment();
              assertThat(settings.getProperty("management.server.port")).isEqualTo(management);
              assertThat(settings.getProperty("server.port")).isEqualTo(own);
            });
    configured(service)
        .withPropertyValues("TALLY_MANAGEMENT_PORT=")
        .run(
            context -> {
              Environment settings = context.getEnvironment();
              assertThat(settings.getProperty("management.server.port")).isEmpty();
            });
  }

  /** The settings of a service that does not run, because its ports may be taken. */
  private static ApplicationContextRunner configured(String service) {
    return new ApplicationContextRunner()
        .withPropertyValues("spring.config.name=" + service)
        .withInitializer(new ConfigDataApplicationContextInitializer());
  }

  private static Http.Answer method(String method, String url) {
    return Http.send(
        HttpRequest.newBuilder(URI.create(url))
            .method(method, HttpRequest.BodyPublishers.noBody()));
  }
}
