package dev.tally.system.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tally.stack.Ports;
import dev.tally.system.RunningTally;
import dev.tally.system.TallyClient;
import dev.tally.testkit.http.Http;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.context.ConfigurableApplicationContext;

/** People use the console in a browser. Leaves screenshots in {@code target/screenshots}. */
class ConsoleIT {

  private static final Path PICTURES = Path.of("target", "screenshots");
  private static final String RIGHTMOST =
      "Math.max(...[...document.querySelectorAll('body *')].filter((element) => element instanceof"
          + " HTMLElement && element.checkVisibility()).map((element) =>"
          + " element.getBoundingClientRect().right))";

  private static final String MESSAGES = "ol[aria-label=Messages] .message p";

  private static RunningTally running;
  private static Browser browser;
  private static String apiPort = "";
  private static String console = "";
  private static ConfigurableApplicationContext api;
  private static ConfigurableApplicationContext gateway;
  private static TallyClient tally;

  private Browser.Page page;

  @BeforeAll
  static void start() throws Exception {
    browser = Browser.start();
    running = RunningTally.shared();
    apiPort = Integer.toString(Ports.choose(Set.of()));
    console = "http://127.0.0.1:" + apiPort;
    gateway = running.startGateway("--TALLY_CORS_ORIGINS=" + console);
    api = startApi();
    tally = new TallyClient(console, RunningTally.url(gateway));
  }

  private static ConfigurableApplicationContext startApi() {
    return running.startApi(
        "--server.port=" + apiPort, "--TALLY_GATEWAY_URL=" + RunningTally.url(gateway));
  }

  @AfterAll
  static void stop() throws Exception {
    if (browser != null) {
      browser.close();
    }
    if (api != null) {
      api.close();
      gateway.close();
    }
  }

  @BeforeEach
  void open() throws Exception {
    page = browser.page(1280, 800, false);
  }

  @AfterEach
  void thePageHadNoErrors() throws Exception {
    assertThat(page.complaints()).isEmpty();
    page.close();
  }

  @Test
  void aUserCreatesAnAppAChatAndMessages() throws Exception {
    page.open(console);
    page.untilShown("Apps");
    page.fill("#app-name", "Acme 🎉");
    page.click("Create app");
    page.untilShown("No chats yet");
    page.untilShown("Acme 🎉");
    assertThat(page.texts("h1")).containsExactly("Acme 🎉");

    page.click("New chat");
    page.untilShown("Live");
    page.fill("#text", "Hello wörld");
    page.press("Enter");
    page.until("document.querySelector('.pending').childElementCount === 0");
    page.untilShown("Hello wörld");
    String app = token();
    String markup = "<img src=x onerror='document.title=1'> & <em>no markup</em>\nsecond line";
    tally.say(app, 1, markup);
    page.untilShown("second line");

    assertThat(page.texts(MESSAGES)).containsExactly("Hello wörld", markup);
    assertThat(page.evaluate("document.querySelectorAll('main img').length").asInt()).isZero();
    assertThat(Http.get(tally.chatUrl(app, 1)).number("messages_count")).isEqualTo(2);
    page.open(console);
    page.untilShown("Acme 🎉");
  }

  @Test
  void messagesArriveOnceAndInOrderAlthoughTheApiRestarts() throws Exception {
    String app = newChat();
    tally.say(app, 1, "message 1");
    tally.awaitMessages(app, 1, 1);
    open(app);
    page.untilShown("Live");
    page.untilShown("message 1");

    api.close();
    page.untilShown("Reconnecting");
    for (int i = 2; i <= 10; i++) {
      tally.say(app, 1, "message " + i);
    }
    api = startApi();
    page.untilShown("message 10");
    tally.say(app, 1, "message 11");
    page.untilShown("message 11");

    page.untilShown("Live");
    assertThat(page.texts(MESSAGES))
        .isEqualTo(IntStream.rangeClosed(1, 11).mapToObj(i -> "message " + i).toList());
  }

  @Test
  void aMessageThatFailsIsWrittenOnceOnRetry() throws Exception {
    String app = newChat();
    int port = Ports.choose(Set.of());
    try (ConfigurableApplicationContext other =
        running.startApi("--TALLY_GATEWAY_URL=http://127.0.0.1:" + port)) {
      String origin = RunningTally.url(other);
      page.open(origin + "/#/apps/" + app + "/chats/1");
      page.untilShown("Live");
      page.fill("#text", "again and again");
      page.press("Enter");
      page.untilShown("does not answer");
      assertThat(page.texts(MESSAGES)).isEmpty();
      page.screenshot(PICTURES.resolve("not-sent.png"));

      try (ConfigurableApplicationContext _ =
          running.startGateway("--server.port=" + port, "--TALLY_CORS_ORIGINS=" + origin)) {
        page.click("Try again");
        page.until("document.querySelector('.pending').childElementCount === 0");
        page.until("document.querySelectorAll('.message').length === 1");
      }
      assertThat(page.texts(MESSAGES)).containsExactly("again and again");
    }
  }

  @Test
  void aHitIsMarkedAndOpensAmongItsNeighbours() throws Exception {
    String app = newChat();
    for (int i = 1; i <= 180; i++) {
      tally.say(app, 1, i == 20 ? "Hello <b>wörld</b> & all" : "just message " + i);
    }
    tally.awaitMessages(app, 1, 180);
    await()
        .atMost(Duration.ofMinutes(1))
        .until(() -> Http.get(tally.chatUrl(app, 1) + "/search?q=world").json().size() == 1);
    open(app);
    page.untilShown("just message 180");
    assertThat(page.texts(MESSAGES)).hasSize(50);

    page.click("Earlier messages");
    page.until("document.querySelectorAll('.message').length === 100");
    page.press("/");
    page.type("hell WORLD");
    page.until("document.querySelectorAll('.hit').length === 1");
    assertThat(page.texts(".hit-text")).containsExactly("Hello <b>wörld</b> & all");
    assertThat(page.texts("mark")).containsExactly("Hello", "wörld");
    page.screenshot(PICTURES.resolve("search.png"));

    page.clickOn(".hit");
    page.until("document.querySelector('.target')");
    assertThat(page.texts(".target p")).containsExactly("Hello <b>wörld</b> & all");
    tally.say(app, 1, "meanwhile");
    page.click("1 new message ↓");
    page.untilShown("meanwhile");
    assertThat(page.texts(MESSAGES).getLast()).isEqualTo("meanwhile");

    page.press("/");
    page.type("nowhere");
    page.untilShown("Nothing found");
    page.press("Escape");
    page.untilShown("meanwhile");
  }

  @Test
  void whatIsLostIsShownAsLost() throws Exception {
    String app = newChat();
    for (String body : List.of("kept", "lost", "also kept")) {
      tally.say(app, 1, body);
    }
    tally.awaitMessages(app, 1, 3);
    String id = "(SELECT id FROM apps WHERE token = '" + app + "')";
    try (Connection connection = running.servers().mysql();
        Statement statement = connection.createStatement()) {
      statement.executeUpdate(
          "UPDATE messages SET body = '', lost_at = UTC_TIMESTAMP(6) WHERE number = 2 AND app_id = "
              + id);
      statement.executeUpdate("UPDATE chats SET lost_at = UTC_TIMESTAMP(6) WHERE app_id = " + id);
    }

    open(app);
    page.untilShown("also kept");
    page.until("document.querySelector('.chats a').innerText.includes('(lost)')");

    assertThat(page.texts(MESSAGES)).containsExactly("kept", "This message was lost.", "also kept");
    assertThat(page.texts(".message.lost p")).containsExactly("This message was lost.");
    page.screenshot(PICTURES.resolve("lost.png"));
    page.fill("#text", "written since");
    page.press("Enter");
    page.untilShown("written since");
  }

  @Test
  void operatorsSeeTheQueueGrowAndShrink() throws Exception {
    String app = newChat();
    page.open(console + "/#/operations");
    page.untilShown("Queue depth");
    running.stopWorker();
    try {
      for (int i = 1; i <= 12; i++) {
        tally.say(app, 1, "message " + i);
      }
      page.until(figure("Queue depth") + " === '12'");
      page.until("document.querySelector('.partitions').innerText.includes('12 jobs')");
    } finally {
      running.startWorker();
    }
    page.until(figure("Queue depth") + " === '0'");
    page.until("document.querySelector('.chart .line').getAttribute('d').split('L').length > 3");
    page.screenshot(PICTURES.resolve("operations-used.png"));
    assertThat(page.texts(".measure h2"))
        .containsExactly(
            "Queue depth",
            "Oldest job",
            "Drain rate",
            "Search backlog",
            "Dead letters",
            "Open streams");
  }

  @Test
  void anAdminEntersTheKey() throws Exception {
    String key = "correct-horse-battery-staple";
    String name = "Guarded " + System.nanoTime();
    Http.postJson(tally.api() + "/apps", "{\"name\":\"%s\"}".formatted(name)).is(201);
    try (ConfigurableApplicationContext guarded = running.startApi("--TALLY_ADMIN_KEY=" + key)) {
      page.open(RunningTally.url(guarded));
      page.untilShown("Only admins can list all apps");
      page.click("Operations");
      page.untilShown("This page needs the admin key");

      page.click("Enter the key");
      page.until("document.activeElement.id === 'key-input'");
      page.type(key);
      page.press("Enter");
      page.untilShown("Queue depth");
      page.click("Apps");
      page.untilShown("Create app");
      page.until("document.querySelectorAll('.card').length > 0");

      assertThat(page.evaluate("sessionStorage.getItem('tally.admin-key')").asString())
          .isEqualTo(key);
      assertThat(page.evaluate("JSON.stringify(localStorage)").asString()).doesNotContain(key);
    }
  }

  @Test
  void aUserNeedsOnlyAKeyboard() throws Exception {
    page.open(console);
    page.until("document.querySelector('#app-name')");
    page.press("Tab");
    assertThat(page.evaluate("document.activeElement.id").asString()).isEqualTo("skip");
    page.press("Enter");
    page.press("Tab");
    assertThat(page.evaluate("document.activeElement.id").asString()).isEqualTo("app-name");
    page.type("By keyboard");
    page.press("Enter");
    page.untilShown("No chats yet");
    page.until("document.activeElement.tagName === 'H1'");
    page.press("Tab");
    assertThat(page.evaluate("document.activeElement.innerText").asString()).isEqualTo("New chat");
    page.press("Enter");
    page.untilShown("Live");
    page.until("document.activeElement.tagName === 'H2'");
    page.press("/");
    assertThat(page.evaluate("document.activeElement.id").asString()).isEqualTo("search");
    page.press("Escape");
    page.until("document.activeElement.id === 'text'");
    page.type("typed");
    page.press("Enter");
    page.until("document.querySelectorAll('.messages:not(.pending) .message').length === 1");
  }

  @Test
  void thePageSaysThatAnAppOrChatDoesNotExist() throws Exception {
    String app = newChat();
    page.open(console + "/#/apps/" + app + "/chats/77");
    page.untilShown("Chat not found");
    page.open(console + "/#/apps/" + "0".repeat(32));
    page.untilShown("App not found");
    page.screenshot(PICTURES.resolve("unknown-app.png"));
  }

  @ParameterizedTest
  @CsvSource({
    "light,1280,800,false",
    "dark,1280,800,true",
    "phone,390,844,false",
    "phone-dark,390,844,true"
  })
  void viewsFitTheWindow(String name, int width, int height, boolean dark) throws Exception {
    String app =
        Http.postJson(tally.api() + "/apps", "{\"name\":\"Harbour office\"}").is(201).text("token");
    for (int i = 0; i < 4; i++) {
      tally.newChat(app);
    }
    tally.awaitChats(app, 4);
    List<String> said =
        List.of(
            "The pilot boat is back at its berth.",
            "Good. Has the Meridian given her draught yet?",
            "9.4 m, and she asks for a tug at the north pier.\nETA 16:40, wind permitting.",
            "Noted. I have told the tug crew 👍",
            "For the log: https://example.org/" + "very-long-".repeat(14) + "link",
            "Tide tables for tomorrow are in the usual place.");
    for (String body : said) {
      tally.say(app, 4, body);
    }
    tally.say(app, 2, "Only one here.");
    tally.awaitMessages(app, 4, said.size());
    Browser.Page view = browser.page(width, height, dark);
    for (String[] part :
        new String[][] {
          {"app", "#/apps/" + app, "Chat 4"},
          // The list shows this app because the browser has opened it before.
          {"apps", "#/", "Harbour office"},
          {"chat", "#/apps/" + app + "/chats/4", "Tide tables"},
          {"operations", "#/operations", "Partitions"}
        }) {
      view.open(console + "/" + part[1]);
      view.untilShown(part[2]);
      view.until("!document.querySelector('.skeleton')");
      view.screenshot(PICTURES.resolve(name + "-" + part[0] + ".png"));
      assertThat(view.evaluate(RIGHTMOST).asDouble())
          .as("right edge of the rightmost element of " + part[0])
          .isLessThanOrEqualTo(width);
    }
    assertThat(view.complaints()).isEmpty();
    view.close();
  }

  @Test
  void thePolicyBlocksForeignRequestsAndMarkup() throws Exception {
    // Uses a page of its own, because the shared page must have no errors.
    Browser.Page view = browser.page(800, 600, false);
    view.open(console);
    view.untilShown("Apps");

    assertThat(
            view.evaluate(
                    "new Promise((done) => { document.addEventListener('securitypolicyviolation',"
                        + " (event) => done(event.effectiveDirective), { once: true });"
                        + " document.body.append(Object.assign(document.createElement('img'), {"
                        + " src: 'http://127.0.0.1:9/x.png' })); })")
                .asString())
        .isEqualTo("img-src");
    assertThat(
            view.evaluate(
                    "(() => { try { document.body.innerHTML = '<b>x</b>'; return 'taken'; } catch {"
                        + " return 'refused'; } })()")
                .asString())
        .isEqualTo("refused");
    view.close();
  }

  private String newChat() {
    String app = tally.newApp();
    tally.newChat(app);
    tally.awaitChats(app, 1);
    return app;
  }

  private void open(String app) throws Exception {
    page.open(console + "/#/apps/" + app + "/chats/1");
  }

  private String token() throws Exception {
    return page.evaluate("location.hash.split('/')[2]").asString();
  }

  private static String figure(String measure) {
    return "[...document.querySelectorAll('.measure')].find((card) => card.querySelector('h2').innerText === '%s').querySelector('.figure').innerText"
        .formatted(measure);
  }
}
