package dev.tally.common.web.openapi;

import org.springframework.core.io.ClassPathResource;
import org.springframework.core.io.Resource;

/** The OpenAPI documents on the class path. */
public final class OpenApiDocument {

  /** The path under which every service serves its document. */
  public static final String PATH = "/openapi.json";

  private OpenApiDocument() {}

  /**
   * A service's document.
   *
   * @param service as {@code spring.application.name} has it
   */
  public static Resource of(String service) {
    return new ClassPathResource("openapi/" + service + PATH);
  }
}
