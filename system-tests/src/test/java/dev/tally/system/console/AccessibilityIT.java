package dev.tally.system.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tally.system.RunningTally;
import dev.tally.system.TallyClient;
import dev.tally.testkit.http.Http;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.context.ConfigurableApplicationContext;

/** Every screen of the console is accessible: axe-core finds nothing to mend. */
class AccessibilityIT {

  private static final String WORDS = "harbour pilot";
  private static final int MESSAGES = 60;

  private static RunningTally running;
  private static Browser browser;
  private static TallyClient tally;
  private static String app = "";

  private final List<String> barriers = new ArrayList<>();

  @BeforeAll
  static void start() {
    browser = Browser.start();
    running = RunningTally.shared();
    tally = TallyClient.of(running);
    app = tally.newApp();
    for (int chat = 1; chat <= 2; chat++) {
      tally.newChat(app);
    }
    tally.awaitChats(app, 2);
    for (int i = 1; i <= MESSAGES; i++) {
      tally.say(app, 1, i == 2 ? "The " + WORDS + " is back." : "message " + i);
    }
    tally.awaitMessages(app, 1, MESSAGES);
    await()
        .atMost(Duration.ofMinutes(1))
        .until(() -> Http.get(tally.chatUrl(app, 1) + "/search?q=harbour").json().size() == 1);
  }

  @AfterAll
  static void stop() {
    if (browser != null) {
      browser.close();
    }
  }

  @AfterEach
  void nothingIsToMend() {
    assertThat(barriers).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"1280,800,false", "390,844,true"})
  void appsAndChats(int width, int height, boolean dark) {
    Browser.Page page = browser.page(width, height, dark);
    open(page, "#/", "Create app");
    page.press("Tab");
    check(page, "the skip link");
    open(page, "#/apps/" + "0".repeat(32), "App not found");
    open(page, "#/apps/" + tally.newApp(), "No chats yet");
    page.click("Copy token");
    page.until("document.querySelector('.toast')");
    check(page, "a toast");
    open(page, "#/apps/" + app, "Chat 2");
    open(page, "#/apps/" + app + "/chats/77", "Chat not found");
    open(page, "#/apps/" + app + "/chats/2", "No messages yet");
    open(page, "#/apps/" + app + "/chats/1", "message " + MESSAGES);

    page.press("/");
    page.type("nowhere");
    page.untilShown("Nothing found");
    check(page, "no hits");
    page.press("Escape");
    page.fill("#search", WORDS);
    page.until("document.querySelectorAll('.hit').length === 1");
    check(page, "hits");
    page.clickOn(".hit");
    page.until("document.querySelector('.target')");
    tally.say(app, 1, "meanwhile");
    page.until("!document.querySelector('.pill').hidden");
    check(page, "a hit among its neighbours");

    changesOfMessages(page);

    // This API's page may not write through the gateway.
    page.fill("#text", "not sent " + "x".repeat(9_700));
    check(page, "a long message");
    page.press("Enter");
    page.until("document.querySelector('.pending .failed')");
    check(page, "a message that failed");
    page.close();
  }

  /** Checks what changes look like, in the chat that the page shows. */
  private void changesOfMessages(Browser.Page page) {
    long edited = tally.say(app, 1, "to be edited");
    long deleted = tally.say(app, 1, "to be deleted");
    String messages = tally.messagesTo(app, 1) + "/";
    Http.putJson(messages + edited, "{\"body\":\"as it is now\"}").is(200);
    long last =
        Http.send(Http.request(messages + deleted).DELETE()).is(200).number("change_number");
    await()
        .atMost(Duration.ofMinutes(1))
        .until(() -> Http.get(tally.chatUrl(app, 1)).number("changes_count") >= last);
    // The other address makes the browser load the page anew.
    page.open(running.api() + "/?again#/apps/" + app + "/chats/1");
    page.until("document.querySelector('.message.deleted') && document.querySelector('.edited')");
    check(page, "messages that were changed");
    String row = ".message[data-number=\"" + edited + "\"] ";
    page.clickOn(row + ".edit-message");
    page.type(" ");
    check(page, "a message that is edited");
    // This API's page may not write through the gateway.
    page.press("Enter");
    page.until("document.querySelector('form.edit .note').innerText.includes('does not answer')");
    check(page, "an edit that failed");
    page.press("Escape");
    page.clickOn(row + ".delete-message");
    page.until("document.querySelector('dialog')");
    check(page, "a question");
    page.clickOn("dialog .danger");
    page.until("document.querySelector('dialog .failure').innerText.includes('does not answer')");
    check(page, "a deletion that failed");
    page.press("Escape");
    page.until("!document.querySelector('dialog')");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void appsWithoutAnAdminKey(boolean dark) {
    Browser.Page page = browser.page(1280, 800, dark);
    page.answer("/apps", "[]");
    open(page, "#/", "No apps yet");
    page.close();
    try (ConfigurableApplicationContext guarded =
        running.startApi("--TALLY_ADMIN_KEY=correct-horse-battery-staple")) {
      Browser.Page locked = browser.page(1280, 800, dark);
      locked.open(RunningTally.url(guarded));
      locked.untilShown("Only admins can list all apps");
      check(locked, "apps for admins");
      locked.click("Operations");
      locked.untilShown("This page needs the admin key");
      check(locked, "operations for admins");
      locked.click("Enter the key");
      locked.until("document.activeElement.id === 'key-input'");
      check(locked, "the dialog");
      locked.close();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void operations(boolean dark) {
    Browser.Page page = browser.page(1280, 800, dark);
    open(page, "#/operations", "Partitions");

    page.answer(
        "/operations",
        """
        {"at": "2026-11-24T14:42:19.120215Z", "persisted_messages": 1204, "open_streams": 2, "outbox_backlog": null,
         "queue": {"depth": 3, "oldest_age_seconds": 60, "dead_letters": 1,
           "partitions": [{"partition": 0, "depth": 3, "oldest_age_seconds": 60, "dead_letters": 1}]}}\
        """);
    page.until("document.querySelector('.partitions .alarm')");
    page.untilShown("MySQL does not answer");
    check(page, "alarms");
    page.close();
  }

  private void open(Browser.Page page, String hash, String shown) {
    page.open(running.api() + "/" + hash);
    page.untilShown(shown);
    page.until("!document.querySelector('.skeleton')");
    check(page, hash);
  }

  private void check(Browser.Page page, String screen) {
    page.barriers().forEach(barrier -> barriers.add(screen + ": " + barrier));
  }
}
