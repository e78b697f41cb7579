package dev.tally.system.console;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tally.system.RunningTally;
import dev.tally.system.TallyClient;
import dev.tally.testkit.http.Http;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The names of chats and the authors of messages, as people see them. */
class ConsoleFieldsIT {

  private static Browser browser;
  private static TallyClient tally;

  @BeforeAll
  static void start() {
    browser = Browser.start();
    tally = TallyClient.of(RunningTally.shared());
  }

  @AfterAll
  static void stop() {
    if (browser != null) {
      browser.close();
    }
  }

  @Test
  void namesAndAuthorsAreShownAndAnswersLead() {
    String app = tally.newApp();
    Http.postJson(tally.chatsTo(app), "{\"name\":\"Support <b>\"}").is(201);
    tally.say(app, 1, "a question");
    Http.postJson(
            tally.messagesTo(app, 1),
            "{\"body\":\"an answer\",\"author\":\"Ann <b>\",\"reply_to\":1}")
        .is(201);
    tally.awaitMessages(app, 1, 2);

    Browser.Page page = browser.page(1280, 800, false);
    try {
      page.open(tally.api() + "/#/apps/" + app + "/chats/1");
      page.untilShown("an answer");
      page.untilShown("Support <b>");
      assertThat(page.texts(".message .author")).containsExactly("Ann <b>");

      page.click("answers message 1");
      page.until("document.querySelector('.target p')?.innerText === 'a question'");
      assertThat(page.complaints()).isEmpty();
    } finally {
      page.close();
    }
  }
}
