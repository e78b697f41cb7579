package dev.tally.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.opentest4j.TestAbortedException;
import tools.jackson.databind.JsonNode;

/**
 * A headless Chromium that a test clicks and types in, by its DevTools protocol. The libraries that
 * do this bring browsers or runtimes of hundreds of megabytes along, which everybody who builds
 * Tally would load; a WebSocket is all it takes.
 */
final class Browser implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final HttpClient http = HttpClient.newHttpClient();
  private final Process process;
  private final Path profile;
  private final String devTools;
  private final List<Page> pages = new ArrayList<>();

  private Browser(Process process, Path profile, String devTools) {
    this.process = process;
    this.profile = profile;
    this.devTools = devTools;
  }

  /** Starts it, and skips the test where there is none. */
  static Browser start() throws IOException {
    String program =
        Stream.of(
                Optional.ofNullable(System.getenv("CHROMIUM")).orElse(""),
                "/usr/bin/chromium",
                "/usr/bin/chromium-browser",
                "/usr/bin/google-chrome")
            .filter(path -> !path.isEmpty() && Files.isExecutable(Path.of(path)))
            .findFirst()
            .orElseThrow(
                () ->
                    new TestAbortedException(
                        "needs Chromium: install the package chromium, or say where it is in"
                            + " CHROMIUM"));
    Path profile = Files.createTempDirectory("tally-browser");
    Process process =
        new ProcessBuilder(
                program,
                "--headless=new",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--no-first-run",
                "--no-default-browser-check",
                "--hide-scrollbars",
                "--lang=en-US",
                "--remote-debugging-port=0",
                "--user-data-dir=" + profile,
                "about:blank")
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    String server = "";
    BufferedReader errors = process.errorReader();
    for (String line = errors.readLine(); line != null; line = errors.readLine()) {
      if (line.startsWith("DevTools listening on ws://")) {
        server = line.replaceAll("^.*ws://([^/]+)/.*$", "http://$1");
        break;
      }
    }
    assertThat(server).as("the browser's address").isNotEmpty();
    Thread.ofVirtual().start(() -> errors.lines().forEach(_ -> {}));
    return new Browser(process, profile, server);
  }

  /** A new tab. */
  Page page(int width, int height, boolean dark) throws Exception {
    HttpResponse<String> made =
        http.send(
            HttpRequest.newBuilder(URI.create(devTools + "/json/new?about:blank"))
                .PUT(HttpRequest.BodyPublishers.noBody())
                .build(),
            HttpResponse.BodyHandlers.ofString());
    String address = Http.JSON.readTree(made.body()).path("webSocketDebuggerUrl").asString();
    Page page = new Page();
    page.socket = http.newWebSocketBuilder().buildAsync(URI.create(address), page).get();
    page.command("Page.enable", Map.of());
    page.command("Runtime.enable", Map.of());
    page.command("Log.enable", Map.of());
    page.command("Emulation.setFocusEmulationEnabled", Map.of("enabled", true));
    page.command(
        "Emulation.setDeviceMetricsOverride",
        Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", width < 600));
    page.command(
        "Emulation.setEmulatedMedia",
        Map.of(
            "features",
            List.of(
                Map.of("name", "prefers-color-scheme", "value", dark ? "dark" : "light"),
                Map.of("name", "prefers-reduced-motion", "value", "reduce"))));
    pages.add(page);
    return page;
  }

  @Override
  public void close() throws Exception {
    pages.forEach(page -> page.socket().abort());
    process.destroy();
    if (!process.waitFor(10, TimeUnit.SECONDS)) {
      process.destroyForcibly().waitFor();
    }
    http.close();
    try (Stream<Path> files = Files.walk(profile)) {
      files.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
    }
  }

  /** A tab. */
  static final class Page implements WebSocket.Listener {

    private final AtomicInteger ids = new AtomicInteger();
    private final Map<Integer, CompletableFuture<JsonNode>> answers = new ConcurrentHashMap<>();
    private final List<String> complaints = new CopyOnWriteArrayList<>();
    private final StringBuilder received = new StringBuilder();
    private @Nullable WebSocket socket;

    private WebSocket socket() {
      if (socket == null) {
        throw new IllegalStateException("not connected yet");
      }
      return socket;
    }

    @Override
    public @Nullable CompletionStage<?> onText(
        WebSocket webSocket, CharSequence data, boolean last) {
      received.append(data);
      if (last) {
        take(Http.JSON.readTree(received.toString()));
        received.setLength(0);
      }
      webSocket.request(1);
      return null;
    }

    private void take(JsonNode message) {
      if (message.has("id")) {
        CompletableFuture<JsonNode> answer = answers.remove(message.path("id").asInt());
        if (answer != null) {
          answer.complete(message);
        }
        return;
      }
      JsonNode params = message.path("params");
      switch (message.path("method").asString()) {
        case "Runtime.exceptionThrown" -> complaints.add(params.toString());
        case "Log.entryAdded" -> {
          JsonNode entry = params.path("entry");
          // an answer that is no 200 is what some tests are about
          if (entry.path("level").asString().equals("error")
              && !entry.path("source").asString().equals("network")) {
            complaints.add(entry.toString());
          }
        }
        default -> {}
      }
    }

    private JsonNode command(String method, Map<String, ?> params) throws Exception {
      int id = ids.incrementAndGet();
      CompletableFuture<JsonNode> answer = new CompletableFuture<>();
      answers.put(id, answer);
      socket()
          .sendText(
              Http.JSON.writeValueAsString(Map.of("id", id, "method", method, "params", params)),
              true)
          .get();
      JsonNode message = answer.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      assertThat(message.has("error")).as(message.toString()).isFalse();
      return message.path("result");
    }

    /** What scripts threw, and what the page's own policy forbade. */
    List<String> complaints() {
      return complaints;
    }

    void open(String url) throws Exception {
      command("Page.navigate", Map.of("url", url));
      until("document.readyState === 'complete'");
    }

    /** The value of an expression, or of the promise that it is. */
    JsonNode evaluate(String expression) throws Exception {
      JsonNode result =
          command(
              "Runtime.evaluate",
              Map.of("expression", expression, "awaitPromise", true, "returnByValue", true));
      assertThat(result.has("exceptionDetails")).as(result.toString()).isFalse();
      return result.path("result").path("value");
    }

    void until(String condition) {
      await(condition)
          .atMost(PATIENCE)
          .ignoreExceptions()
          .until(() -> evaluate("Boolean(" + condition + ")").asBoolean());
    }

    /** Waits until the page shows this. */
    void untilShown(String text) {
      until("document.body.innerText.includes(%s)".formatted(quoted(text)));
    }

    List<String> texts(String selector) throws Exception {
      List<String> texts = new ArrayList<>();
      evaluate(
              "[...document.querySelectorAll(%s)].map((element) => element.innerText)"
                  .formatted(quoted(selector)))
          .forEach(text -> texts.add(text.asString()));
      return texts;
    }

    /** Clicks on what bears this label: a button or a link. */
    void click(String label) throws Exception {
      clickOn(
          "[...document.querySelectorAll('button, a')].find((element) => element.checkVisibility() && element.innerText.trim() === %s)"
              .formatted(quoted(label)));
    }

    void clickOn(String element) throws Exception {
      until(element);
      JsonNode box =
          evaluate(
              "(() => { const target = %s; target.scrollIntoView({ block: 'nearest' }); const box = target.getBoundingClientRect(); return { x: box.x + box.width / 2, y: box.y + box.height / 2 }; })()"
                  .formatted(element));
      for (String type : List.of("mousePressed", "mouseReleased")) {
        command(
            "Input.dispatchMouseEvent",
            Map.of(
                "type",
                type,
                "x",
                box.path("x").asDouble(),
                "y",
                box.path("y").asDouble(),
                "button",
                "left",
                "clickCount",
                1));
      }
    }

    /** Clicks into a field and types. */
    void fill(String selector, String text) throws Exception {
      clickOn("document.querySelector(%s)".formatted(quoted(selector)));
      type(text);
    }

    void type(String text) throws Exception {
      command("Input.insertText", Map.of("text", text));
    }

    void press(Key key) throws Exception {
      Map<String, Object> down =
          Map.of(
              "type", key.text.isEmpty() ? "rawKeyDown" : "keyDown",
              "key", key.key,
              "code", key.code,
              "windowsVirtualKeyCode", key.virtual,
              "text", key.text);
      command("Input.dispatchKeyEvent", down);
      command(
          "Input.dispatchKeyEvent",
          Map.of(
              "type", "keyUp",
              "key", key.key,
              "code", key.code,
              "windowsVirtualKeyCode", key.virtual));
    }

    /** What assistive technology finds that can be used and has no name. */
    List<String> nameless() throws Exception {
      List<String> found = new ArrayList<>();
      for (JsonNode node : command("Accessibility.getFullAXTree", Map.of()).path("nodes")) {
        String role = node.path("role").path("value").asString("");
        if (List.of("button", "link", "textbox", "searchbox", "image", "dialog", "log")
                .contains(role)
            && node.path("name").path("value").asString("").isBlank()
            && !node.path("ignored").asBoolean()) {
          found.add(node.toString());
        }
      }
      return found;
    }

    void screenshot(Path file) throws Exception {
      String png =
          command("Page.captureScreenshot", Map.of("format", "png")).path("data").asString();
      Files.createDirectories(file.getParent());
      Files.write(file, Base64.getDecoder().decode(png));
    }

    private static String quoted(String text) {
      return Http.JSON.writeValueAsString(text);
    }
  }

  /** Keys that tests press. */
  enum Key {
    ENTER("Enter", "Enter", 13, "\r"),
    ESCAPE("Escape", "Escape", 27, ""),
    TAB("Tab", "Tab", 9, ""),
    SLASH("/", "Slash", 191, "/");

    private final String key;
    private final String code;
    private final int virtual;
    private final String text;

    Key(String key, String code, int virtual, String text) {
      this.key = key;
      this.code = code;
      this.virtual = virtual;
      this.text = text;
    }
  }
}
