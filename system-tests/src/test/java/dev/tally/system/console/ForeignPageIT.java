package dev.tally.system.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import dev.tally.system.RunningTally;
import dev.tally.system.TallyClient;
import dev.tally.testkit.http.Http;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * What a browser lets a page of another site do: it sends the page's forms by itself, and Tally
 * refuses them; it shows answers only to pages that Tally allows.
 */
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

  @Test
  void onlyAnAllowedPageReadsSearchesAndStreams() {
    String app = tally.newApp();
    tally.newChat(app);
    tally.awaitChats(app, 1);
    tally.say(app, 1, "hello page");
    tally.say(app, 1, "hello again");
    tally.awaitMessages(app, 1, 2);
    html = "<!doctype html>";

    try (ConfigurableApplicationContext api =
        running.startApi("--TALLY_CORS_ORIGINS=" + origin())) {
      String url = RunningTally.url(api);
      String chat = "/apps/" + app + "/chats/1";
      Browser.Page page = browser.page(800, 600, false);
      try {
        page.open(origin());
        assertThat(fetched(page, url + chat + "/messages?limit=1"))
            .contains("hello page")
            .contains("<?limit=1&after=1>; rel=\"next\"");
        await()
            .atMost(Duration.ofMinutes(1))
            .until(() -> fetched(page, url + chat + "/search?q=again").contains("hello again"));
        assertThat(streamed(page, url + chat + "/messages/stream?after=1")).contains("hello again");
        assertThat(fetched(page, url + "/apps/x")).contains("app-not-found");

        assertThat(fetched(page, url + "/apps")).isEqualTo("Failed to fetch");
        assertThat(fetched(page, tally.api() + chat)).isEqualTo("Failed to fetch");
      } finally {
        page.close();
      }
    }
  }

  /** What a script of the page sees of an answer: its body and its {@code Link}. */
  private static String fetched(Browser.Page page, String url) {
    return seen(
        page,
        """
        fetch('%s').then(answer => answer.text().then(text => text + answer.headers.get('Link')))
            .catch(fault => fault.message).then(text => window.seen = text)"""
            .formatted(url));
  }

  /** What the page's script sees of the first event, with a header that only it may send. */
  private static String streamed(Browser.Page page, String url) {
    return seen(
        page,
        """
        fetch('%s', {headers: {'Last-Event-ID': '1'}}).then(async answer => {
          const reader = answer.body.getReader(), decoder = new TextDecoder();
          let text = '';
          while (!text.includes('data:')) text += decoder.decode((await reader.read()).value);
          reader.cancel();
          return text;
        }).catch(fault => fault.message).then(text => window.seen = text)"""
            .formatted(url));
  }

  private static String seen(Browser.Page page, String script) {
    page.evaluate("window.seen = ''; " + script.replace("\n", " ") + "; 0");
    page.until("window.seen !== ''");
    return page.evaluate("window.seen").asString();
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
