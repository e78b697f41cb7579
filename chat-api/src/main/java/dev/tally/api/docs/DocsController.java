package dev.tally.api.docs;

import dev.tally.api.gateway.GatewayProperties;
import dev.tally.common.web.openapi.OpenApiDocument;
import java.io.IOException;
import java.io.InputStream;
import org.springframework.core.io.ClassPathResource;
import org.springframework.core.io.Resource;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

@RestController
final class DocsController {

  /** Allows the one inline style, of Swagger UI's top bar. */
  private static final String TOP_BAR_STYLE =
      "'sha256-RL3ie0nH+Lzz2YNqQN83mnU0J1ot4QL7b99vMdIX99w='";

  private final String gateway;
  private final String contentSecurityPolicy;

  DocsController(GatewayProperties properties) {
    gateway = properties.base();
    contentSecurityPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self' "
            + TOP_BAR_STYLE
            + "; img-src 'self' data:;"
            + " connect-src 'self' "
            + properties.origin()
            + "; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
  }

  @GetMapping(path = "/docs", produces = MediaType.TEXT_HTML_VALUE)
  ResponseEntity<Resource> page() {
    return ResponseEntity.ok()
        .header("Content-Security-Policy", contentSecurityPolicy)
        .body(new ClassPathResource("docs/index.html"));
  }

  /** The gateway's document. It names the gateway as its server, because the API serves it. */
  @GetMapping(path = "/docs/chat-gateway.json", produces = MediaType.APPLICATION_JSON_VALUE)
  ObjectNode gatewayDocument() throws IOException {
    try (InputStream in = OpenApiDocument.of("chat-gateway").getInputStream()) {
      ObjectNode document = (ObjectNode) JsonMapper.shared().readTree(in);
      document.putArray("servers").addObject().put("url", gateway);
      return document;
    }
  }
}
