package dev.tally.system.console;

import static org.awaitility.Awaitility.await;

import dev.tally.system.TallyClient;
import dev.tally.testkit.http.Http;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** The first chat of a new app, which a page of the console shows and other clients write to. */
record OpenChat(Browser.Page page, TallyClient tally, String app) {

  static OpenChat of(Browser.Page page, TallyClient tally) {
    String app = tally.newApp();
    tally.newChat(app);
    tally.awaitChats(app, 1);
    return new OpenChat(page, tally, app);
  }

  String url() {
    return tally.chatUrl(app, 1);
  }

  void open() {
    page.open(tally.api() + "/#/apps/" + app + "/chats/1");
    page.untilShown("Live");
  }

  /** Opens the chat with a stream that brings these events and no other. */
  void openWithStream(String events) {
    page.answerStreams(events);
    page.open(tally.api() + "/#/apps/" + app + "/chats/1");
    // The page looks for changes once, when the stream begins.
    page.until(
        "performance.getEntriesByType('resource').some((entry) =>"
            + " entry.name.includes('/chats/1/changes'))");
  }

  /** Waits until the page shows the message with this text. */
  void untilRead(long number, String text) {
    page.until(
        "document.querySelector(%s)?.innerText === %s"
            .formatted(
                Http.JSON.writeValueAsString(
                    ".message[data-number=\"%d\"] p:not(.note)".formatted(number)),
                Http.JSON.writeValueAsString(text)));
  }

  /** What is in the field of the message that is being edited. */
  String fieldText() {
    return page.evaluate("document.querySelector('form.edit textarea').value").asString();
  }

  void said(String body) {
    tally.awaitMessages(app, 1, tally.say(app, 1, body));
  }

  JsonNode message(long number) {
    return Http.get(url() + "/messages/" + number).is(200).json();
  }

  JsonNode change(long number) {
    return Http.get(url() + "/changes?limit=1&after=" + (number - 1)).is(200).json().path(0);
  }

  /** Another client edits a message, and waits until the edit is persisted. */
  void edited(long number, String body) {
    awaitChange(edit(number, body));
  }

  void deleted(long number) {
    awaitChange(delete(number));
  }

  long edit(long number, String body) {
    return Http.putJson(
            tally.messagesTo(app, 1) + "/" + number,
            Http.JSON.writeValueAsString(Map.of("body", body)))
        .is(200)
        .number("change_number");
  }

  long delete(long number) {
    HttpRequest.Builder request = Http.request(tally.messagesTo(app, 1) + "/" + number).DELETE();
    return Http.send(request).is(200).number("change_number");
  }

  private void awaitChange(long number) {
    await()
        .atMost(Duration.ofMinutes(1))
        .until(() -> Http.get(url()).number("changes_count") >= number);
  }
}
