package dev.tally.system.console;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.tally.system.RunningTally;
import dev.tally.system.TallyClient;
import dev.tally.testkit.http.Http;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;

/** A browser sends the form of a page of another site by itself, and Tally refuses it. */
class ForeignPageIT {

  private static Browser browser;
  private static RunningTally running;
  private static TallyClient tally;
  private static HttpServer site;

  /** What the page of the other site is. */
  private static volatile String html = "";

  @BeforeAll
  static void start() throws IOException {
    browser = Browser.start();
    running = RunningTally.shared();
    tally = TallyClient.of(running);
    site = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    site.createContext(
        "/",
        exchange -> {
          byte[] page = html.getBytes(StandardCharsets.UTF_8);
          exchange.getResponseHeaders().set("Content-Type", "text/html;charset=UTF-8");
          exchange.sendResponseHeaders(200, page.length);
          exchange.getResponseBody().write(page);
          exchange.close();
        });
    site.start();
  }

  @AfterAll
  static void stop() {
    if (browser != null) {
      browser.close();
    }
    if (site != null) {
      site.stop(0);
    }
  }

  @Test
  void aFormToTheApiIsRefused() {
    String name = "Forged " + System.nanoTime();

    assertThat(sent(tally.api() + "/apps", "name", name))
        .contains("urn:tally:problem:foreign-origin");
  }

  @Test
  void aFormToTheGatewayIsRefusedUnlessItsOriginIsAllowed() {
    String app = tally.newApp();
    tally.newChat(app);
    tally.awaitChats(app, 1);

    assertThat(sent(tally.messagesTo(app, 1), "body", "forged"))
        .contains("urn:tally:problem:foreign-origin");

    try (ConfigurableApplicationContext gateway =
        running.startGateway("--TALLY_CORS_ORIGINS=" + origin())) {
      String messages = RunningTally.url(gateway) + "/apps/" + app + "/chats/1/messages";
      assertThat(sent(messages, "body", "allowed")).contains("\"message_number\":1");
    }
    tally.awaitMessages(app, 1, 1);
    assertThat(Http.get(tally.chatUrl(app, 1) + "/messages/1").is(200).text("body"))
        .isEqualTo("allowed");
  }

  /** The services are at 127.0.0.1, so a page of localhost is of another site. */
  private static String origin() {
    return "http://localhost:" + site.getAddress().getPort();
  }

  /** Opens a page that sends a form as soon as it is open, and returns what the browser shows. */
  private static String sent(String url, String field, String value) {
    html =
        "<!doctype html><form method=post action='%s'><input name='%s' value='%s'></form><script>document.forms[0].submit()</script>"
            .formatted(url, field, value);
    Browser.Page page = browser.page(800, 600, false);
    try {
      page.open(origin());
      page.until("location.href === '" + url + "' && document.body.innerText !== ''");
      return page.evaluate("document.body.innerText").asString();
    } finally {
      page.close();
    }
  }
}
