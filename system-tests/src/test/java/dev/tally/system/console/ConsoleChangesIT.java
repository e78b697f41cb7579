package dev.tally.system.console;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tally.testkit.http.Http;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** People edit and delete messages in the console, and write under a name. */
class ConsoleChangesIT {

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
  void aUserWritesUnderANameEditsAndDeletes() {
    chat.open();
    page.fill("#author", "Ann <b>");
    page.press("Enter");
    page.until("document.activeElement.id === 'text'");
    page.type("Helo");
    page.press("Enter");
    chat.untilRead(1, "Helo");
    assertThat(page.texts(".message .author")).containsExactly("Ann <b>");
    assertThat(chat.message(1).path("author").asString()).isEqualTo("Ann <b>");

    page.clickOn(".edit-message");
    page.until("document.activeElement.id === 'edit-1'");
    assertThat(page.evaluate("document.activeElement.value").asString()).isEqualTo("Helo");
    page.press("Control+A");
    page.type("Hello");
    page.press("Enter");
    chat.untilRead(1, "Hello");
    page.until("!document.querySelector('form.edit')");
    page.untilShown("Message 1 was changed.");
    page.until("document.activeElement.classList.contains('edit-message')");
    assertThat(page.texts("time.edited")).containsExactly("edited");
    assertThat(chat.message(1).path("revision").asLong()).isEqualTo(1);
    assertThat(chat.change(1).path("author").asString()).isEqualTo("Ann <b>");
    page.screenshot(PICTURES.resolve("edited.png"));

    page.clickOn(".delete-message");
    page.untilShown("Delete message 1?");
    page.until("document.activeElement.innerText === 'Cancel'");
    page.press("Enter");
    page.until("!document.querySelector('dialog')");
    page.until("document.activeElement.classList.contains('delete-message')");
    page.press("Enter");
    page.untilShown("Delete message 1?");
    page.screenshot(PICTURES.resolve("delete.png"));
    page.clickOn("dialog .danger");
    chat.untilRead(1, "This message was deleted.");
    page.untilShown("Message 1 was deleted.");
    page.until("document.activeElement.classList.contains('deleted')");
    assertThat(chat.change(2).path("author").asString()).isEqualTo("Ann <b>");

    // The other address makes the browser load the page anew.
    page.open(chat.tally().api() + "/?again#/apps/" + chat.app() + "/chats/1");
    chat.untilRead(1, "This message was deleted.");
    assertThat(page.texts(".tools")).isEmpty();
    assertThat(page.texts("time.edited")).isEmpty();
    assertThat(page.evaluate("document.querySelector('#author').value").asString())
        .isEqualTo("Ann <b>");
  }

  @Test
  void anEditIsGivenUp() {
    chat.said("first");
    chat.open();
    chat.untilRead(1, "first");
    page.clickOn(".edit-message");
    page.until("document.activeElement.id === 'edit-1'");
    page.type(" and more");
    page.press("Escape");
    page.until("!document.querySelector('form.edit')");
    page.until("document.activeElement.classList.contains('edit-message')");

    page.clickOn(".edit-message");
    page.press("Control+A");
    page.type(" ");
    page.press("Enter");
    page.untilShown("A message needs a text.");
    page.press("Escape");

    chat.untilRead(1, "first");
    assertThat(Http.get(chat.url() + "/changes").is(200).json().size()).isZero();
  }

  @Test
  void markupStaysTextAfterAnEdit() {
    String markup = "<img src=x onerror='document.title=1'>";
    chat.said("plain");
    chat.open();
    chat.untilRead(1, "plain");
    page.clickOn(".edit-message");
    page.press("Control+A");
    page.type(markup);
    page.press("Enter");
    chat.untilRead(1, markup);

    page.clickOn(".edit-message");
    page.until("document.activeElement.value === " + Http.JSON.writeValueAsString(markup));
    assertThat(page.evaluate("document.querySelectorAll('main img').length").asInt()).isZero();
  }

  @Test
  void aChatIsRenamed() {
    chat.open();
    page.click("Rename");
    page.untilShown("Rename chat 1");
    page.fill("#ask-field", "Support <b>");
    page.clickOn("dialog button[type=submit]");

    page.until("document.querySelector('h2')?.innerText === 'Chat 1 · Support <b>'");
    page.until("document.querySelector('.chats a').innerText.includes('Chat 1 · Support <b>')");
    assertThat(Http.get(chat.url()).is(200).text("name")).isEqualTo("Support <b>");
  }

  @Test
  void aChatIsDeletedAfterAQuestion() {
    chat.said("first");
    chat.open();
    chat.untilRead(1, "first");
    page.click("Delete chat");
    page.untilShown("Delete chat 1?");
    page.until("document.activeElement.innerText === 'Cancel'");
    page.press("Enter");
    page.until("!document.querySelector('dialog')");
    assertThat(Http.get(chat.url()).is(200).json().has("deleted_at")).isFalse();

    page.click("Delete chat");
    page.clickOn("dialog .danger");

    page.untilShown("Chat 1 was deleted.");
    page.until("location.hash === '#/apps/" + chat.app() + "'");
    Http.get(chat.url()).is(410);
  }

  @Test
  void aChatIsCreatedWithAName() {
    page.open(chat.tally().api() + "/#/apps/" + chat.app());
    page.untilShown("Chat 1");
    page.fill("#chat-name", "Support <b>");
    page.click("New chat");
    page.until("document.querySelector('h2')?.innerText === 'Chat 2 · Support <b>'");
    page.untilShown("Live");
    page.until("document.querySelector('.chats a').innerText.includes('Chat 2 · Support <b>')");
    assertThat(Http.get(chat.tally().chatUrl(chat.app(), 2)).is(200).text("name"))
        .isEqualTo("Support <b>");
    assertThat(page.evaluate("document.querySelector('#chat-name').value").asString()).isEmpty();
  }
}
