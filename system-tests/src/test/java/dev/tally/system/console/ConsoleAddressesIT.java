package dev.tally.system.console;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tally.system.RunningTally;
import dev.tally.system.TallyClient;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.context.ConfigurableApplicationContext;

/** Addresses that people type or follow, and the apps that a browser remembers. */
class ConsoleAddressesIT {

  private static final String HINT = "The console has no page at this address";

  /** What the page has asked for, besides its own files and the list of apps. */
  private static final String REQUESTS =
      "performance.getEntriesByType('resource').map((entry) => new URL(entry.name).pathname)"
          + ".filter((path) => !path.startsWith('/console/') && path !== '/apps')";

  private static Browser browser;
  private static RunningTally running;
  private static TallyClient tally;

  private Browser.Page page;

  @BeforeAll
  static void start() {
    browser = Browser.start();
    running = RunningTally.shared();
    tally = TallyClient.of(running);
  }

  @AfterAll
  static void stop() {
    if (browser != null) {
      browser.close();
    }
  }

  @BeforeEach
  void open() {
    page = browser.page(1280, 800, false);
  }

  @AfterEach
  void thePageHadNoErrors() {
    assertThat(page.complaints()).isEmpty();
    page.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "#/%",
        "#/%zz",
        "#/apps/%",
        "#/apps/x",
        "#/apps/TOKEN0",
        "#/apps/..%2F..",
        "#/apps/..%2Foperations",
        "#/apps/TOKEN/chats/..%2F..",
        "#/apps/TOKEN/chats/..%2F..%2F..%2Foperations",
        "#/apps/TOKEN/chats/../../../operations",
        "#/apps/TOKEN/chats/1%2Fmessages",
        "#/apps/TOKEN/chats/1?x=y",
        "#/apps/TOKEN/chats/0",
        "#/apps/TOKEN/chats/-1",
        "#/apps/TOKEN/chats/1e3",
        "#/apps/TOKEN/chats/1234567890123456",
        "#/apps/TOKEN/chats/1/messages/1",
        "#/apps/TOKEN/other/1",
        "#/nowhere",
        "#/operations/x"
      })
  void anAddressThatNamesNoViewShowsTheAppsAndAHint(String hash) {
    page.open(running.api() + "/" + hash.replace("TOKEN", tally.newApp()));

    page.untilShown(HINT);
    page.untilShown("Create app");
    page.until("!document.querySelector('.skeleton')");
    assertThat(page.evaluate(REQUESTS)).isEmpty();
    assertThat(page.barriers()).isEmpty();

    page.open(running.api() + "/#/");
    page.until("!document.body.innerText.includes('%s')".formatted(HINT));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "#", "#/", "#/apps", "#/apps/"})
  void theFirstPageHasNoHint(String hash) {
    page.open(running.api() + "/" + hash);

    page.untilShown("Create app");
    assertThat(page.evaluate("document.body.innerText").asString()).doesNotContain(HINT);
  }

  @Test
  void aUserFollowsAMalformedAddressFromAnApp() {
    String app = tally.newApp();
    page.open(running.api() + "/#/apps/" + app);
    page.untilShown("No chats yet");

    page.evaluate("location.hash = '#/apps/" + app + "/chats/%'");
    page.untilShown(HINT);

    page.evaluate("location.hash = '#/apps/" + app + "'");
    page.untilShown("No chats yet");
  }

  @Test
  void aBrowserForgetsAnApp() {
    String kept = tally.newApp();
    String forgotten = tally.newApp();
    try (ConfigurableApplicationContext guarded =
        running.startApi("--TALLY_ADMIN_KEY=correct-horse-battery-staple")) {
      String api = RunningTally.url(guarded);
      for (String app : new String[] {kept, forgotten}) {
        page.open(api + "/#/apps/" + app);
        page.untilShown("No chats yet");
        page.until("JSON.stringify(localStorage).includes('" + app + "')");
      }

      page.click("Forget this app");
      page.untilShown("Only admins can list all apps");
      page.untilShown("The app and its messages stay");

      assertThat(page.evaluate("JSON.stringify(localStorage)").asString())
          .contains(kept)
          .doesNotContain(forgotten);
      assertThat(page.evaluate("document.querySelectorAll('.card').length").asInt()).isEqualTo(1);
      page.open(api + "/#/apps/" + forgotten);
      page.untilShown("No chats yet");
    }
  }

  @Test
  void whatIsNoAppInTheStorageIsNotShown() {
    try (ConfigurableApplicationContext guarded =
        running.startApi("--TALLY_ADMIN_KEY=correct-horse-battery-staple")) {
      page.open(RunningTally.url(guarded));
      page.untilShown("Only admins can list all apps");
      for (String stored :
          new String[] {
            "[null,7,{\"token\":\"../operations\",\"name\":\"x\"},{\"token\":\"%s\"}]"
                .formatted("a".repeat(32)),
            "{}",
            "7",
            "{"
          }) {
        page.evaluate("localStorage.setItem('tally.apps', '" + stored + "')");
        page.open(RunningTally.url(guarded) + "/#/nowhere");
        page.untilShown(HINT);
        page.open(RunningTally.url(guarded));
        page.untilShown("or open an app by its token");
        assertThat(page.evaluate("document.querySelectorAll('.card').length").asInt()).isZero();
      }
    }
  }
}
