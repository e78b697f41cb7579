package dev.tally.system.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tally.system.RunningTally;
import dev.tally.system.TallyClient;
import dev.tally.testkit.http.Http;
import java.net.URI;
import java.net.http.HttpRequest;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;

/** If an admin key is set, only requests with the key list, create, change and delete apps. */
@ExtendWith(OutputCaptureExtension.class)
class AdminKeyIT {

  private static final String KEY = "correct-horse-battery-staple";

  private static RunningTally running;
  private static ConfigurableApplicationContext guarded;
  private static String apps = "";

  @BeforeAll
  static void start() {
    running = RunningTally.shared();
    guarded = running.startApi("--TALLY_ADMIN_KEY=" + KEY);
    apps = RunningTally.url(guarded) + "/apps";
  }

  @AfterAll
  static void stop() {
    guarded.close();
  }

  @Test
  void aClientWithTheKeyManagesApps() {
    String[] key = {"Authorization", "Bearer " + KEY};

    String token = Http.postJson(apps, "{\"name\":\"Acme\"}", key).is(201).text("token");
    Http.putJson(apps + "/" + token, "{\"name\":\"Other\"}", key).is(200);

    assertThat(Http.get(apps + "?limit=1000", key).is(200).response().body()).contains(token);
    assertThat(Http.get(apps, "authorization", "bearer  " + KEY).status()).isEqualTo(200);
    Http.send(Http.request(apps + "/" + token, key).DELETE()).is(202);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "Bearer",
        "Bearer ",
        "Bearer wrong-horse-battery-staple",
        "Bearer " + KEY + "x",
        "Bearer correct-horse-battery-stapl",
        "Bearer " + KEY + ", Bearer " + KEY,
        "Basic " + KEY,
        KEY
      })
  void aClientWithoutTheKeyGets401AndChangesNothing(String authorization) {
    TallyClient tally = TallyClient.of(running);
    String token = tally.newApp();
    String before = Http.get(tally.appUrl(token)).response().body();
    long count = count(tally);
    String[] headers =
        authorization.isEmpty() ? new String[0] : new String[] {"Authorization", authorization};

    isUnauthorized(Http.get(apps, headers));
    isUnauthorized(Http.get(apps + "?after=" + token, headers));
    isUnauthorized(Http.postJson(apps, "{\"name\":\"Other\"}", headers));
    isUnauthorized(Http.postJson(apps, "not even JSON", headers));
    isUnauthorized(Http.putJson(apps + "/" + token, "{\"name\":\"Other\"}", headers));
    isUnauthorized(Http.send(Http.request(apps + "/" + token, headers).DELETE()));
    // The answer does not even reveal whether the app exists.
    isUnauthorized(Http.putJson(apps + "/" + "0".repeat(32), "{\"name\":\"Other\"}", headers));

    assertThat(Http.get(tally.appUrl(token)).response().body()).isEqualTo(before);
    assertThat(count(tally)).isEqualTo(count);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/apps", "/apps?limit=1", "/%61pps", "/apps;x=y", "//apps"})
  void noSpellingOfThePathAvoidsTheKey(String path) {
    for (String method : new String[] {"GET", "HEAD", "POST"}) {
      Http.Answer answer =
          Http.send(
              HttpRequest.newBuilder(URI.create(RunningTally.url(guarded) + path))
                  .method(method, HttpRequest.BodyPublishers.noBody()));

      assertThat(answer.status()).as(method + " " + path).isIn(400, 401, 404);
    }
  }

  @Test
  void aClientWithATokenUsesThatAppWithoutTheKey() {
    TallyClient tally = TallyClient.of(running);
    String token = tally.newApp();
    long chat = tally.newChat(token);
    tally.say(token, chat, "hi");
    tally.awaitMessages(token, chat, 1);
    String app = apps + "/" + token;

    Http.get(app).is(200);
    Http.get(app + "/chats").is(200);
    Http.get(app + "/chats/" + chat).is(200);
    Http.get(app + "/chats/" + chat + "/messages").is(200);
    Http.get(app + "/chats/" + chat + "/messages/1").is(200);
    Http.get(app + "/chats/" + chat + "/search?q=hi").is(200);
  }

  @Test
  void anApiRefusesToStartWithAnUnusableKeyAndDoesNotLogIt(CapturedOutput output) {
    for (String key :
        new String[] {"only-15-charact", "with spaces, and long enough", "mit-ümlaut-0123456789"}) {
      assertThatThrownBy(() -> running.startApi("--TALLY_ADMIN_KEY=" + key).close())
          .rootCause()
          .hasMessageContaining("TALLY_ADMIN_KEY must be at least 16 printable ASCII characters")
          .message()
          .doesNotContain(key);
      assertThat(output).contains("TALLY_ADMIN_KEY must be at least 16").doesNotContain(key);
    }
  }

  private static void isUnauthorized(Http.Answer answer) {
    answer.isProblem(401, "unauthorized", "Unauthorized");
    assertThat(answer.header("WWW-Authenticate")).hasValue("Bearer realm=\"tally\"");
    assertThat(answer.response().body()).doesNotContain(KEY);
  }

  /** Counts the apps, through an API without a key. */
  private static long count(TallyClient tally) {
    long count = 0;
    String after = "";
    while (true) {
      var page = Http.get(tally.api() + "/apps?limit=1000" + after).is(200).json();
      count += page.size();
      if (page.size() < 1000) {
        return count;
      }
      after = "&after=" + page.get(999).path("token").asString();
    }
  }
}
