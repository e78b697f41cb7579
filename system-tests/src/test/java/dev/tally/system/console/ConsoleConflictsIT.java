package dev.tally.system.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** People change messages in the console while others change the same ones. */
class ConsoleConflictsIT {

  private static final Path PICTURES = Path.of("target", "screenshots");

  private static Browser browser;
  private static WritableConsole console;

  private Browser.Page page;
  private OpenChat chat;

  @BeforeAll
  static void start() {
    browser = Browser.start();
    console = WritableConsole.start();
  }

  @AfterAll
  static void stop() {
    if (browser != null) {
      browser.close();
    }
    if (console != null) {
      console.close();
    }
  }

  @BeforeEach
  void open() {
    page = browser.page(1280, 800, false);
    chat = OpenChat.of(page, console.tally());
  }

  @AfterEach
  void thePageHadNoErrors() {
    assertThat(page.complaints()).isEmpty();
    page.close();
  }

  @Test
  void whoseEditComesSecondIsToldAndKeepsTheText() {
    chat.said("draft");
    chat.openWithStream("");
    chat.untilRead(1, "draft");
    page.clickOn(".edit-message");
    page.press("Control+A");
    page.type("mine");
    chat.edited(1, "theirs");

    page.press("Enter");
    page.untilShown("Somebody else changed this message first; your text is below");
    chat.untilRead(1, "theirs");
    page.screenshot(PICTURES.resolve("conflict.png"));
    assertThat(chat.fieldText()).isEqualTo("mine");
    assertThat(chat.message(1).path("body").asString()).isEqualTo("theirs");

    page.press("Enter");
    chat.untilRead(1, "mine");
    page.until("!document.querySelector('form.edit')");
    assertThat(chat.change(3).path("effect").asString()).isEqualTo("applied");
  }

  @Test
  void whoEditsADeletedMessageIsToldAndKeepsTheText() {
    chat.said("draft");
    chat.openWithStream("");
    chat.untilRead(1, "draft");
    page.clickOn(".edit-message");
    page.type(" of mine");
    chat.deleted(1);

    page.press("Enter");
    page.untilShown("This message was deleted or changed first");
    chat.untilRead(1, "This message was deleted.");
    assertThat(chat.fieldText()).isEqualTo("draft of mine");
    page.click("Cancel");
    page.until("!document.querySelector('form.edit')");
  }

  @Test
  void whatOthersChangeWhileThereIsNoStreamIsShown() {
    chat.said("one");
    chat.said("two");
    chat.said("three");
    chat.open();
    chat.untilRead(3, "three");
    page.clickOn(".message[data-number=\"1\"] .edit-message");
    page.until("document.activeElement.id === 'edit-1'");
    page.press("Control+A");
    page.type("mine");
    console.stopApi();
    page.untilShown("Reconnecting");
    chat.edit(1, "theirs");
    chat.delete(2);
    console.startApi();

    page.untilShown("This message was changed meanwhile");
    chat.untilRead(1, "theirs");
    chat.untilRead(2, "This message was deleted.");
    chat.untilRead(3, "three");
    assertThat(chat.fieldText()).isEqualTo("mine");
    page.until("document.activeElement.id === 'edit-1'");
    page.press("Enter");
    chat.untilRead(1, "mine");
  }

  @Test
  void whatTheStreamTellsIsShown() {
    chat.said("one");
    chat.said("two");
    chat.openWithStream(
        """
        id: 2.1
        event: edit
        data: {"number":1,"message_number":1,"kind":"edit","effect":"applied","message":{"number":1,"body":"<b>uno","revision":1,"edited_at":"2026-11-25T09:11:02.514093Z","created_at":"2026-11-25T09:11:02.514093Z"}}

        id: 2.2
        event: delete
        data: {"number":2,"message_number":2,"kind":"delete","effect":"applied","message":{"number":2,"body":"","revision":2,"deleted_at":"2026-11-25T09:11:02.514093Z","created_at":"2026-11-25T09:11:02.514093Z"}}

        id: 2.3
        event: edit
        data: {"number":3,"kind":"edit","effect":"applied"}

        """);

    chat.untilRead(1, "<b>uno");
    chat.untilRead(2, "This message was deleted.");
    assertThat(page.texts("time.edited")).containsExactly("edited");
  }
}
