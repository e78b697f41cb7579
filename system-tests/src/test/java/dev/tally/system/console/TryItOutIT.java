package dev.tally.system.console;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tally.stack.Ports;
import dev.tally.system.RunningTally;
import dev.tally.testkit.http.Http;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;
import tools.jackson.databind.JsonNode;

/** Users call routes from the page that shows all routes. */
class TryItOutIT {

  private static Browser browser;
  private static String docs = "";
  private static ConfigurableApplicationContext api;
  private static ConfigurableApplicationContext gateway;

  @BeforeAll
  static void start() throws Exception {
    browser = Browser.start();
    RunningTally running = RunningTally.shared();
    String port = Integer.toString(Ports.choose(Set.of()));
    gateway = running.startGateway("--TALLY_CORS_ORIGINS=http://127.0.0.1:" + port);
    api =
        running.startApi(
            "--server.port=" + port, "--TALLY_GATEWAY_URL=" + RunningTally.url(gateway));
    docs = RunningTally.url(api) + "/docs";
  }

  @AfterAll
  static void stop() {
    if (browser != null) {
      browser.close();
    }
    if (api != null) {
      api.close();
      gateway.close();
    }
  }

  @Test
  void routesOfBothServicesCanBeCalledFromThePage() {
    Browser.Page page = browser.page(1280, 1600, false);
    page.open(docs);

    JsonNode app = call(page, "post", "/apps", 201);
    String token = app.path("token").asString();
    assertThat(token).hasSize(32);

    page.select(".download-url-wrapper select", "chat-gateway: writes");
    page.until(shown("post", "/apps/{token}/chats"));
    JsonNode chat = call(page, "post", "/apps/{token}/chats", 201, token);
    assertThat(chat.path("chat_number").asLong()).isEqualTo(1);
    JsonNode message = call(page, "post", "/apps/{token}/chats/{number}/messages", 201, token, "1");
    assertThat(message.path("message_number").asLong()).isEqualTo(1);

    page.screenshot(Path.of("target", "screenshots", "docs.png"));
    assertThat(page.complaints()).isEmpty();
    page.close();
  }

  /**
   * Calls a route with its example body, and reads the answer from the page.
   *
   * @param parameters the values for its path parameters, in order
   */
  private static JsonNode call(
      Browser.Page page, String method, String path, int status, String... parameters) {
    page.until(shown(method, path));
    page.evaluate(route(method, path) + ".querySelector('.opblock-summary-control').click()");
    page.clickOn(".opblock.is-open .try-out__btn");
    for (int i = 0; i < parameters.length; i++) {
      page.fill(
          ".opblock.is-open tr[data-param-in=path] >> nth=%d >> input".formatted(i), parameters[i]);
    }
    page.clickOn(".opblock.is-open .execute");
    String answer = "document.querySelector('.opblock.is-open .live-responses-table .response')";
    page.until(answer);
    assertThat(
            page.evaluate(answer + ".querySelector('.response-col_status').innerText").asString())
        .startsWith(Integer.toString(status));
    String body =
        page.evaluate(answer + ".querySelector('.highlight-code code').innerText").asString();
    page.evaluate(route(method, path) + ".querySelector('.opblock-summary-control').click()");
    return Http.JSON.readTree(body);
  }

  private static String shown(String method, String path) {
    return route(method, path) + " !== undefined";
  }

  private static String route(String method, String path) {
    return ("[...document.querySelectorAll('.opblock-%s')].find((route) =>"
            + " route.querySelector('.opblock-summary-path').dataset.path === '%s')")
        .formatted(method, path);
  }
}
