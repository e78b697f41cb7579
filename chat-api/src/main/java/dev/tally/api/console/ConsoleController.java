package dev.tally.api.console;

import dev.tally.api.gateway.GatewayProperties;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.springframework.core.io.ClassPathResource;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.util.HtmlUtils;

/** Serves the console's page, which names the gateway. */
@RestController
final class ConsoleController {

  private static final MediaType HTML = new MediaType(MediaType.TEXT_HTML, StandardCharsets.UTF_8);

  private final ResponseEntity<String> page;

  ConsoleController(GatewayProperties properties) throws IOException {
    String html =
        new ClassPathResource("console/index.html")
            .getContentAsString(StandardCharsets.UTF_8)
            .replace("{{gateway}}", HtmlUtils.htmlEscape(properties.base()));
    // The policy and the caching replace what SecurityHeadersValve sets for answers that are data.
    page =
        ResponseEntity.ok()
            .contentType(HTML)
            .cacheControl(ConsoleConfiguration.ALWAYS_ASK)
            .eTag(ConsoleConfiguration.etag(html.getBytes(StandardCharsets.UTF_8)))
            .header(
                "Content-Security-Policy",
                "default-src 'self'; connect-src 'self' %s; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'"
                    .formatted(properties.origin()))
            .body(html);
  }

  @GetMapping("/")
  ResponseEntity<String> page() {
    return page;
  }
}
