package dev.tally.openapi;

import dev.tally.api.ChatApi;
import dev.tally.common.identity.AppToken;
import dev.tally.common.identity.ChatName;
import dev.tally.common.identity.MessageName;
import dev.tally.gateway.ChatGateway;
import java.nio.file.Path;
import java.util.List;
import org.springdoc.core.utils.SpringDocUtils;
import org.springframework.context.ConfigurableApplicationContext;

/** A service that has a document. */
enum Service {
  CHAT_GATEWAY("chat-gateway"),
  CHAT_API("chat-api");

  /** The packages of routes that answer with pages for people. The documents leave them out. */
  static final List<String> PAGES = List.of("dev.tally.api.docs", "dev.tally.api.console");

  static {
    // Controllers take them from the path's variables, which Route reads from the path.
    SpringDocUtils.getConfig()
        .addRequestWrapperToIgnore(AppToken.class, ChatName.class, MessageName.class);
  }

  private final String title;

  Service(String title) {
    this.title = title;
  }

  String title() {
    return title;
  }

  /** The name that the service's packages begin with. */
  String packageName() {
    return "dev.tally." + title.substring("chat-".length());
  }

  /** The document's file in the sources. */
  Path file() {
    return Path.of("..", "common", "src", "main", "resources", "openapi", title, "openapi.json");
  }

  void describe(Document document) {
    switch (this) {
      case CHAT_GATEWAY -> GatewayDescription.describe(document);
      case CHAT_API -> ApiDescription.describe(document);
    }
  }

  /** Starts the service without any server. springdoc needs no more to read its routes. */
  ConfigurableApplicationContext start() {
    String[] arguments = {
      "--server.port=0",
      "--server.address=127.0.0.1",
      "--TALLY_MANAGEMENT_PORT=",
      "--spring.flyway.enabled=false",
      "--management.metrics.use-global-registry=false",
      "--springdoc.api-docs.version=openapi_3_1",
      "--springdoc.packages-to-scan=" + packageName(),
      "--springdoc.packages-to-exclude=" + String.join(",", PAGES),
      "--logging.level.root=ERROR"
    };
    return switch (this) {
      case CHAT_GATEWAY -> ChatGateway.start(arguments);
      case CHAT_API -> ChatApi.start(arguments);
    };
  }
}
