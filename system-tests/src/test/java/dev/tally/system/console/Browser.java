package dev.tally.system.console;

import static org.awaitility.Awaitility.await;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.ReducedMotion;
import com.microsoft.playwright.options.SelectOption;
import dev.tally.testkit.http.Http;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.opentest4j.TestAbortedException;
import tools.jackson.databind.JsonNode;

/**
 * A headless Chromium that a test clicks and types in, by Playwright. The browser is the machine's:
 * Playwright would load its own, which the build's mirrors need not have.
 */
final class Browser implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final Playwright playwright;
  private final com.microsoft.playwright.Browser chromium;

  private Browser(Playwright playwright, com.microsoft.playwright.Browser chromium) {
    this.playwright = playwright;
    this.chromium = chromium;
  }

  /** Starts it, and skips the test where there is none. */
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
                        "needs Chromium: install the package chromium, or say where it is in"
                            + " CHROMIUM"));
    String node = System.getProperty("playwright.nodejs.path");
    // the archive that the build took it from says nothing of permissions
    if (node == null || !Path.of(node).toFile().setExecutable(true)) {
      throw new TestAbortedException("needs what `./mvnw verify` unpacks to drive the browser");
    }
    Playwright playwright =
        Playwright.create(
            new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
    return new Browser(
        playwright,
        playwright
            .chromium()
            // root has no sandbox; what it is shown here is the console alone
            .launch(
                new BrowserType.LaunchOptions()
                    .setExecutablePath(program)
                    .setChromiumSandbox(false)
                    .setArgs(List.of("--lang=en-US"))));
  }

  /** A new window of a user who has been nowhere yet. */
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
            // an answer that is no 200 is what some tests are about
            if (message.type().equals("error")
                && !message.text().startsWith("Failed to load resource")) {
              complaints.add(message.text());
            }
          });
    }

    /** What scripts threw, and what the page's own policy forbade. */
    List<String> complaints() {
      return complaints;
    }

    void close() {
      page.context().close();
    }

    void open(String url) {
      page.navigate(url);
    }

    /** The value of an expression, or of the promise that it is. */
    JsonNode evaluate(String expression) {
      return Http.JSON.valueToTree(page.evaluate(expression));
    }

    /** Waits from outside: what Playwright would leave in the page to wait, its policy forbids. */
    void until(String condition) {
      await(condition)
          .pollInSameThread()
          .atMost(PATIENCE)
          .ignoreExceptions()
          .until(() -> evaluate("Boolean(" + condition + ")").asBoolean());
    }

    /** Waits until the page shows this. */
    void untilShown(String text) {
      until("document.body.innerText.includes(%s)".formatted(Http.JSON.writeValueAsString(text)));
    }

    List<String> texts(String selector) {
      return page.locator(selector).allInnerTexts();
    }

    /** Clicks on what bears this label: a button or a link. */
    void click(String label) {
      // the pattern becomes one of JavaScript's, which has no \Q
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

    /** Chooses what is called so in a list. */
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
     * @param key its name, as the DOM has it
     */
    void press(String key) {
      page.keyboard().press(key);
    }

    /** What assistive technology finds that can be used and has no name. */
    List<String> nameless() {
      Set<String> roles =
          Set.of("button", "link", "textbox", "searchbox", "image", "dialog", "log");
      JsonNode tree =
          Http.JSON.readTree(
              page.context().newCDPSession(page).send("Accessibility.getFullAXTree").toString());
      List<String> found = new ArrayList<>();
      for (JsonNode node : tree.path("nodes")) {
        if (roles.contains(node.path("role").path("value").asString(""))
            && node.path("name").path("value").asString("").isBlank()
            && !node.path("ignored").asBoolean()) {
          found.add(node.toString());
        }
      }
      return found;
    }

    void screenshot(Path file) {
      page.screenshot(new com.microsoft.playwright.Page.ScreenshotOptions().setPath(file));
    }
  }
}
