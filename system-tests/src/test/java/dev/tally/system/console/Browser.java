package dev.tally.system.console;

import static org.awaitility.Awaitility.await;

import com.deque.html.axecore.playwright.AxeBuilder;
import com.deque.html.axecore.results.CheckedNode;
import com.deque.html.axecore.results.Rule;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.ReducedMotion;
import com.microsoft.playwright.options.SelectOption;
import dev.tally.testkit.http.Http;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.opentest4j.TestAbortedException;
import tools.jackson.databind.JsonNode;

/**
 * A headless Chromium in which a test clicks and types, through Playwright. It uses the Chromium of
 * the machine: Playwright would download its own, and the mirrors of the build need not have that.
 */
final class Browser implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final List<String> ACCESSIBLE =
      List.of("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice");

  private final Playwright playwright;
  private final com.microsoft.playwright.Browser chromium;

  private Browser(Playwright playwright, com.microsoft.playwright.Browser chromium) {
    this.playwright = playwright;
    this.chromium = chromium;
  }

  /** Starts the browser, or skips the test if the machine has none. */
  static Browser start() {
    Path program =
        Stream.of(
                Optional.ofNullable(System.getenv("CHROMIUM")).orElse(""),
                "/usr/bin/chromium",
                "/usr/bin/chromium-browser",
                "/usr/bin/google-chrome")
            .filter(path -> !path.isEmpty())
            .map(Path::of)
            .filter(Files::isExecutable)
            .findFirst()
            .orElseThrow(
                () ->
                    new TestAbortedException(
                        "needs Chromium: install the package chromium, or set its path in"
                            + " CHROMIUM"));
    String node = System.getProperty("playwright.nodejs.path");
    // The archive of the driver keeps no file permissions.
    if (node == null || !Path.of(node).toFile().setExecutable(true)) {
      throw new TestAbortedException("needs the browser driver that `./mvnw verify` unpacks");
    }
    Playwright playwright =
        Playwright.create(
            new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
    return new Browser(
        playwright,
        playwright
            .chromium()
            // Chromium cannot use its sandbox as root. The pages are only our own.
            .launch(
                new BrowserType.LaunchOptions()
                    .setExecutablePath(program)
                    .setChromiumSandbox(false)
                    .setArgs(List.of("--lang=en-US"))));
  }

  /** Opens a new window without cookies, storage or history. */
  Page page(int width, int height, boolean dark) {
    BrowserContext context =
        chromium.newContext(
            new com.microsoft.playwright.Browser.NewContextOptions()
                .setViewportSize(width, height)
                .setColorScheme(dark ? ColorScheme.DARK : ColorScheme.LIGHT)
                .setReducedMotion(ReducedMotion.REDUCE)
                .setIsMobile(width < 600)
                .setLocale("en-US"));
    context.setDefaultTimeout((double) PATIENCE.toMillis());
    return new Page(context.newPage());
  }

  @Override
  public void close() {
    chromium.close();
    playwright.close();
  }

  /** A window. */
  static final class Page {

    private final com.microsoft.playwright.Page page;
    private final List<String> complaints = new ArrayList<>();

    private Page(com.microsoft.playwright.Page page) {
      this.page = page;
      page.onPageError(complaints::add);
      page.onConsoleMessage(
          message -> {
            // Some tests cause answers other than 200 on purpose.
            if (message.type().equals("error")
                && !message.text().startsWith("Failed to load resource")) {
              complaints.add(message.text());
            }
          });
    }

    /** Errors that scripts threw, and violations of the policy of the page. */
    List<String> complaints() {
      return complaints;
    }

    void close() {
      page.context().close();
    }

    void open(String url) {
      page.navigate(url);
    }

    /** The value of an expression. If the value is a promise, its result. */
    JsonNode evaluate(String expression) {
      return Http.JSON.valueToTree(page.evaluate(expression));
    }

    /**
     * Polls from the test, because the policy of the page forbids the waiting script of Playwright.
     */
    void until(String condition) {
      await(condition)
          .pollInSameThread()
          .atMost(PATIENCE)
          .ignoreExceptions()
          .until(() -> evaluate("Boolean(" + condition + ")").asBoolean());
    }

    /** Waits until the page shows this text. */
    void untilShown(String text) {
      until("document.body.innerText.includes(%s)".formatted(Http.JSON.writeValueAsString(text)));
    }

    List<String> texts(String selector) {
      return page.locator(selector).allInnerTexts();
    }

    /** Clicks on the button or link with this label. */
    void click(String label) {
      // Playwright turns the pattern into a JavaScript pattern, which has no \Q.
      String quoted = label.replaceAll("[^\\p{L}\\p{N} ]", "\\\\$0");
      page.locator("button:visible, a:visible")
          .filter(
              new Locator.FilterOptions().setHasText(Pattern.compile("^\\s*" + quoted + "\\s*$")))
          .first()
          .click();
    }

    void clickOn(String selector) {
      page.locator(selector).first().click();
    }

    /** Chooses the option with this label in a list. */
    void select(String selector, String label) {
      page.locator(selector).selectOption(new SelectOption().setLabel(label));
    }

    /** Clicks into a field and types. */
    void fill(String selector, String text) {
      clickOn(selector);
      type(text);
    }

    void type(String text) {
      page.keyboard().insertText(text);
    }

    /**
     * Presses a key.
     *
     * @param key its name in the DOM
     */
    void press(String key) {
      page.keyboard().press(key);
    }

    /**
     * What keeps people with disabilities from using what the page shows: violations of WCAG 2.2,
     * levels A and AA, and of good practice, as axe-core finds them.
     */
    List<String> barriers() {
      List<String> found = new ArrayList<>();
      AxeBuilder axe =
          new AxeBuilder(page)
              .withTags(ACCESSIBLE)
              // On a phone, an open chat hides the list of chats, and the app's name with it.
              .disableRules(List.of("page-has-heading-one"))
              // The other mode opens a second window for frames, and the console has none.
              .setLegacyMode(true);
      for (Rule rule : axe.analyze().getViolations()) {
        for (CheckedNode node : rule.getNodes()) {
          found.add("%s: %s %s".formatted(rule.getId(), node.getHtml(), node.getFailureSummary()));
        }
      }
      return found;
    }

    /** Answers all requests to a path with this JSON, in place of the service. */
    void answer(String path, String json) {
      page.route(
          url -> URI.create(url).getPath().equals(path),
          route ->
              route.fulfill(
                  new Route.FulfillOptions().setContentType("application/json").setBody(json)));
    }

    /**
     * Answers all streams of messages with these events, in place of the service, and ends them.
     * The browser asks again after ten minutes.
     */
    void answerStreams(String events) {
      page.route(
          url -> URI.create(url).getPath().endsWith("/messages/stream"),
          route ->
              route.fulfill(
                  new Route.FulfillOptions()
                      .setContentType("text/event-stream")
                      .setBody("retry: 600000\n\n" + events)));
    }

    void screenshot(Path file) {
      page.screenshot(new com.microsoft.playwright.Page.ScreenshotOptions().setPath(file));
    }
  }
}
