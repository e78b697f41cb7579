package dev.tally.testkit.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.Schema;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Compares every answer that a test receives with the OpenAPI documents, so that the documents
 * describe everything that the services do.
 */
public final class DocumentedAnswers {

  /** Headers that a document must describe on each answer that has them. */
  private static final Set<String> TOLD =
      Set.of(
          "link", "location", "retry-after", "www-authenticate", "ratelimit", "ratelimit-policy");

  /** All routes of all documents; method and path distinguish them. */
  private static final List<Operation> OPERATIONS = new ArrayList<>();

  private static final Map<String, Schema> SCHEMAS = new ConcurrentHashMap<>();
  private static final SchemaRegistry REGISTRY;

  static {
    Map<String, String> documents =
        Map.of("chat-api", read("chat-api"), "chat-gateway", read("chat-gateway"));
    REGISTRY =
        SchemaRegistry.withDefaultDialect(
            SpecificationVersion.DRAFT_2020_12,
            registry ->
                registry.schemas(uri -> documents.get(uri.substring(uri.lastIndexOf(':') + 1))));
    documents.forEach(DocumentedAnswers::addOperations);
    // If two paths match a request, the one with fewer variables is the right one.
    OPERATIONS.sort(Comparator.comparingLong(Operation::variables));
  }

  private DocumentedAnswers() {}

  /** A route of a document. */
  private record Operation(
      String document, String method, String path, Pattern pattern, JsonNode description) {

    long variables() {
      return path.chars().filter(character -> character == '{').count();
    }

    boolean takes(String requestMethod, String requestPath) {
      return method.equals(requestMethod) && pattern.matcher(requestPath).matches();
    }

    String name() {
      return method + " " + path;
    }
  }

  private static String read(String service) {
    String document = "/openapi/" + service + "/openapi.json";
    try (InputStream in =
        Objects.requireNonNull(DocumentedAnswers.class.getResourceAsStream(document), document)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void addOperations(String document, String text) {
    Http.JSON
        .readTree(text)
        .path("paths")
        .forEachEntry(
            (path, item) ->
                item.forEachEntry(
                    (verb, description) ->
                        OPERATIONS.add(
                            new Operation(
                                document,
                                verb.toUpperCase(Locale.ROOT),
                                path,
                                Pattern.compile(path.replaceAll("\\{[^}]+}", "[^/]+")),
                                description))));
  }

  /** Fails if this answers a documented route and the document does not describe the answer. */
  public static void check(HttpResponse<String> answer) {
    int status = answer.statusCode();
    Optional<Operation> found =
        OPERATIONS.stream()
            .filter(
                operation -> operation.takes(answer.request().method(), answer.uri().getRawPath()))
            .findFirst();
    if (found.isEmpty() || isElsewhere(answer)) {
      return;
    }
    Operation operation = found.get();
    JsonNode response = operation.description().path("responses").path(Integer.toString(status));
    String what = "%s: %d, with %s".formatted(operation.name(), status, answer.body());
    assertThat(response.isObject()).as("documented answer to " + what).isTrue();
    answer
        .headers()
        .map()
        .keySet()
        .forEach(
            header -> {
              if (TOLD.contains(header.toLowerCase(Locale.ROOT))) {
                assertThat(response.path("headers").propertyNames())
                    .as("documented headers of " + what)
                    .anyMatch(header::equalsIgnoreCase);
              }
            });
    String type = answer.headers().firstValue("Content-Type").orElse("");
    JsonNode content = response.path("content").path(type);
    assertThat(content.isObject()).as("documented type %s of %s", type, what).isTrue();
    JsonNode body = Http.JSON.readTree(answer.body());
    if (status >= 400) {
      String slug = body.path("type").asString().replaceFirst("^urn:tally:problem:", "");
      assertThat(content.path("examples").propertyNames())
          .as("documented problems of " + what)
          .contains(slug);
    }
    assertThat(schema(operation, status, type).validate(body))
        .as("the schema of " + what)
        .isEmpty();
  }

  /** Whether this service lacks the route, because another service has it. */
  private static boolean isElsewhere(HttpResponse<String> answer) {
    return switch (answer.statusCode()) {
      case 405 -> true;
      case 404 ->
          answer.body().contains("urn:tally:problem:no-such-route")
              // The actuator's port answers without a problem type.
              || !answer.body().contains("urn:tally:problem:");
      default -> false;
    };
  }

  private static Schema schema(Operation operation, int status, String type) {
    String location =
        "urn:tally:%s#/paths/%s/%s/responses/%d/content/%s/schema"
            .formatted(
                operation.document(),
                escaped(operation.path()),
                operation.method().toLowerCase(Locale.ROOT),
                status,
                escaped(type));
    return SCHEMAS.computeIfAbsent(location, name -> REGISTRY.getSchema(SchemaLocation.of(name)));
  }

  private static String escaped(String name) {
    return name.replace("~", "~0").replace("/", "~1");
  }

  /** Every documented route, for instance {@code GET /apps}. */
  public static List<String> routes() {
    return OPERATIONS.stream().map(Operation::name).toList();
  }

  /** The documented route of a request, null if there is none. */
  public static @Nullable String route(String method, String path) {
    return OPERATIONS.stream()
        .filter(operation -> operation.takes(method, path))
        .map(Operation::name)
        .findFirst()
        .orElse(null);
  }
}
