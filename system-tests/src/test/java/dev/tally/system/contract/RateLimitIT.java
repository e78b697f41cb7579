package dev.tally.system.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tally.system.RunningTally;
import dev.tally.system.TallyClient;
import dev.tally.testkit.http.Http;
import java.net.URI;
import java.net.http.HttpRequest;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * A client above a limit gets a 429 that says when to try again. A refused request has no effect.
 */
class RateLimitIT {

  private static RunningTally running;
  private static TallyClient tally;

  @BeforeAll
  static void start() {
    running = RunningTally.shared();
    tally = TallyClient.of(running);
  }

  @Test
  void withoutALimitAnswersHaveNoRateLimitHeaders() {
    String app = tally.newApp();

    for (Http.Answer answer :
        List.of(
            Http.get(tally.appUrl(app)),
            Http.post(tally.chatsTo(app)),
            Http.get(tally.api() + "/apps?limit=1"))) {
      assertThat(answer.header("RateLimit")).isEmpty();
      assertThat(answer.header("RateLimit-Policy")).isEmpty();
    }
  }

  @Test
  void anAppsWritesAreLimitedAndARefusedWriteTakesNoNumber() {
    String app = tally.newApp();
    long chat = tally.newChat(app);
    // The rate is so low that the bucket refills nothing during the test.
    try (ConfigurableApplicationContext gateway =
        running.startGateway(
            "--TALLY_RATE_LIMIT_PER_SECOND=1", "--TALLY_RATE_LIMIT_BURST=" + 1_000_000)) {
      TallyClient limited = new TallyClient(tally.api(), RunningTally.url(gateway));
      String batch = "{\"body\":\"x\"}\n".repeat(1000);
      Http.Answer first = postLines(limited.messagesTo(app, chat), batch).is(201);

      assertThat(first.header("RateLimit-Policy")).hasValue("\"app\";q=1000000;w=1000000");
      assertThat(first.header("RateLimit").orElseThrow())
          .matches("\"app\";r=9990\\d\\d;t=(999|1000)");
    }
    try (ConfigurableApplicationContext gateway =
        running.startGateway("--TALLY_RATE_LIMIT_PER_SECOND=1", "--TALLY_RATE_LIMIT_BURST=3")) {
      TallyClient limited = new TallyClient(tally.api(), RunningTally.url(gateway));
      String fresh = tally.newApp();
      Http.Answer answer = Http.post(limited.chatsTo(fresh)).is(201);
      assertThat(answer.header("RateLimit")).hasValue("\"app\";r=2;t=1");
      int accepted = 0;
      Http.Answer refused;
      do {
        refused = Http.postJson(limited.messagesTo(fresh, 1), "{\"body\":\"x\"}");
        accepted += refused.status() == 201 ? 1 : 0;
      } while (refused.status() == 201 && accepted < 1000);

      isRefused(refused, "app", 3);
      assertThat(tally.say(fresh, 1, "the next number")).isEqualTo(accepted + 1);
      // Another app has its own limit.
      Http.post(limited.chatsTo(tally.newApp())).is(201);
    }
  }

  @Test
  void aBatchIsPaidInFull() {
    String app = tally.newApp();
    try (ConfigurableApplicationContext gateway =
        running.startGateway("--TALLY_RATE_LIMIT_PER_SECOND=1", "--TALLY_RATE_LIMIT_BURST=3")) {
      TallyClient limited = new TallyClient(tally.api(), RunningTally.url(gateway));
      long chat = tally.newChat(app);
      String batch = "{\"body\":\"x\"}\n".repeat(1000);

      Http.Answer first = postLines(limited.messagesTo(app, chat), batch).is(201);

      assertThat(first.header("RateLimit")).hasValue("\"app\";r=0;t=1000");
      Http.Answer refused = Http.postJson(limited.messagesTo(app, chat), "{\"body\":\"x\"}");
      refused.isProblem(429, "rate-limited", "Too many requests");
      assertThat(Integer.parseInt(refused.header("Retry-After").orElseThrow())).isBetween(900, 998);
    }
  }

  @Test
  void bothServicesLimitAnAddressOnAllRoutes() {
    String app = tally.newApp();
    long chat = tally.newChat(app);
    String[] limit = {
      "--TALLY_RATE_LIMIT_ADDRESS_PER_SECOND=1", "--TALLY_RATE_LIMIT_ADDRESS_BURST=2"
    };
    try (ConfigurableApplicationContext api = running.startApi(limit);
        ConfigurableApplicationContext gateway = running.startGateway(limit)) {
      TallyClient limited = new TallyClient(RunningTally.url(api), RunningTally.url(gateway));
      Http.Answer read = Http.get(limited.appUrl(app)).is(200);
      assertThat(read.header("RateLimit-Policy")).hasValue("\"address\";q=2;w=2");
      assertThat(read.header("RateLimit").orElseThrow()).matches("\"address\";r=1;t=1");
      Http.Answer refused = read;
      for (int i = 0; i < 1000 && refused.status() != 429; i++) {
        // Requests with unknown tokens count, too.
        refused = Http.get(limited.appUrl("0".repeat(32)));
      }
      isRefused(refused, "address", 2);

      long accepted = 0;
      do {
        refused = Http.postJson(limited.messagesTo(app, chat), "{\"body\":\"x\"}");
        accepted += refused.status() == 201 ? 1 : 0;
      } while (refused.status() == 201 && accepted < 1000);
      isRefused(refused, "address", 2);
      assertThat(tally.say(app, chat, "the next number")).isEqualTo(accepted + 1);

      // Health checks have no limit.
      for (int i = 0; i < 10; i++) {
        Http.get(RunningTally.url(api) + "/actuator/health/readiness").is(200);
        Http.get(RunningTally.url(gateway) + "/actuator/health").is(200);
      }
    }
  }

  @Test
  void anAnswerShowsBothLimitsIfBothApply() {
    String app = tally.newApp();
    try (ConfigurableApplicationContext gateway =
        running.startGateway(
            "--TALLY_RATE_LIMIT_ADDRESS_PER_SECOND=10", "--TALLY_RATE_LIMIT_PER_SECOND=5")) {
      Http.Answer answer = Http.post(RunningTally.url(gateway) + "/apps/" + app + "/chats").is(201);

      assertThat(answer.response().headers().allValues("RateLimit-Policy"))
          .containsExactly("\"address\";q=10;w=1", "\"app\";q=5;w=1");
      assertThat(answer.response().headers().allValues("RateLimit"))
          .containsExactly("\"address\";r=9;t=1", "\"app\";r=4;t=1");
    }
  }

  @Test
  void theAppsThatAnAddressCreatesPerHourAreLimited() {
    try (ConfigurableApplicationContext api =
        running.startApi("--TALLY_RATE_LIMIT_NEW_APPS_PER_HOUR=2")) {
      String apps = RunningTally.url(api) + "/apps";
      Http.Answer first = Http.postJson(apps, "{\"name\":\"one\"}").is(201);
      assertThat(first.header("RateLimit-Policy")).hasValue("\"new-apps\";q=2;w=3600");
      assertThat(first.header("RateLimit")).hasValue("\"new-apps\";r=1;t=1800");
      // A request that creates no app costs nothing.
      Http.postJson(apps, "{\"name\":\"\"}").is(422);
      Http.postJson(apps, "{\"name\":\"two\"}").is(201);

      Http.Answer refused = Http.postJson(apps, "{\"name\":\"three\"}");

      isRefused(refused, "new-apps", 2);
      // Without a trusted proxy, these headers do not change the address of a client.
      for (String header : List.of("X-Forwarded-For", "X-Real-IP", "Forwarded")) {
        String other = header.equals("Forwarded") ? "for=203.0.113.9" : "203.0.113.9";
        Http.postJson(apps, "{\"name\":\"three\"}", header, other).is(429);
      }
      assertThat(Integer.parseInt(refused.header("Retry-After").orElseThrow()))
          .isBetween(1700, 1800);
      assertThat(Http.get(apps + "/" + first.text("token")).is(200).header("RateLimit")).isEmpty();
      assertThat(Http.get(apps + "?limit=1000").is(200).response().body()).doesNotContain("three");
    }
  }

  @Test
  void theClientsOfATrustedProxyAreDistinguished() {
    String app = tally.newApp();
    try (ConfigurableApplicationContext api =
        running.startApi(
            "--TALLY_TRUSTED_PROXIES=192.0.2.1, 127.0.0.0/8",
            "--TALLY_RATE_LIMIT_NEW_APPS_PER_HOUR=1")) {
      String apps = RunningTally.url(api) + "/apps";
      String json = "{\"name\":\"x\"}";

      Http.postJson(apps, json, "X-Forwarded-For", "203.0.113.1").is(201);
      Http.postJson(apps, json, "X-Forwarded-For", "203.0.113.1").is(429);
      // A header that the client sent itself stands left of the address that the proxy added.
      Http.postJson(apps, json, "X-Forwarded-For", "198.51.100.7, 203.0.113.1").is(429);
      Http.postJson(apps, json, "X-Forwarded-For", "203.0.113.2").is(201);
      // The request passed a second trusted proxy.
      Http.postJson(apps, json, "X-Forwarded-For", "203.0.113.2, 192.0.2.1").is(429);
      // One client owns a whole /64 of IPv6 addresses.
      Http.postJson(apps, json, "X-Forwarded-For", "2001:db8:1:2::1").is(201);
      Http.postJson(apps, json, "X-Forwarded-For", "2001:db8:1:2:ffff::9").is(429);
      Http.postJson(apps, json, "X-Forwarded-For", "2001:db8:1:3::1").is(201);

      Http.Answer secure =
          Http.get(
              apps + "/" + app, "X-Forwarded-For", "203.0.113.1", "X-Forwarded-Proto", "https");
      assertThat(secure.header("Strict-Transport-Security")).hasValue("max-age=31536000");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {"proxy.example.com", "10.0.0.0/33", "10.0.0.1,,x"})
  void anInvalidTrustedProxyIsRefusedAtStart(String proxies) {
    assertThatThrownBy(() -> running.startApi("--TALLY_TRUSTED_PROXIES=" + proxies).close())
        .hasStackTraceContaining("TALLY_TRUSTED_PROXIES must be addresses or networks");
  }

  private static void isRefused(Http.Answer answer, String policy, int quota) {
    answer.isProblem(429, "rate-limited", "Too many requests");
    assertThat(Integer.parseInt(answer.header("Retry-After").orElseThrow())).isPositive();
    assertThat(answer.header("RateLimit-Policy").orElseThrow())
        .matches("\"%s\";q=%d;w=\\d+".formatted(policy, quota));
    assertThat(answer.header("RateLimit").orElseThrow())
        .matches("\"%s\";r=0;t=[1-9]\\d*".formatted(policy));
  }

  private static Http.Answer postLines(String url, String lines) {
    return Http.send(
        HttpRequest.newBuilder(URI.create(url))
            .header("Content-Type", "application/x-ndjson")
            .POST(HttpRequest.BodyPublishers.ofString(lines)));
  }
}
