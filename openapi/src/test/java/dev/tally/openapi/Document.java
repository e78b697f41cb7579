package dev.tally.openapi;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tally.common.web.problem.ProblemType;
import io.swagger.v3.core.converter.AnnotatedType;
import io.swagger.v3.core.converter.ModelConverters;
import io.swagger.v3.core.util.Json31;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Builds a service's document. springdoc reads its routes and parameters from the controllers, and
 * a description adds the texts. A route, parameter or member that only one of the two knows is an
 * error.
 */
final class Document {

  static final JsonMapper JSON = JsonMapper.shared();

  private final JsonNode generated;
  private final ObjectNode info = JSON.createObjectNode();
  private final ObjectNode tags = JSON.createObjectNode();
  private final Map<String, Map<String, Route>> routes = new LinkedHashMap<>();
  private final ObjectNode schemas = JSON.createObjectNode();
  private final ObjectNode headers = JSON.createObjectNode();
  private final ObjectNode securitySchemes = JSON.createObjectNode();

  /** The problems of the routes described so far. Each gets an example. */
  private final TreeSet<ProblemType> problems = new TreeSet<>();

  /**
   * @param generated springdoc's document
   */
  Document(JsonNode generated) {
    this.generated = generated;
    schema("Problem", PROBLEM);
    header(
        "Retry-After",
        "The client should wait this many seconds before it repeats the request.",
        "{\"type\":\"integer\",\"minimum\":1}",
        "1");
    header(
        "RateLimit-Policy",
        "The rate limits that this request counted against, if any:"
            + " `q` requests at once, refilled in `w` seconds.",
        "{\"type\":\"string\"}",
        "\"\\\"app\\\";q=20;w=2\"");
    header(
        "RateLimit",
        "For each limit of `RateLimit-Policy`: `r` requests are left,"
            + " and all are available again in `t` seconds.",
        "{\"type\":\"string\"}",
        "\"\\\"app\\\";r=7;t=2\"");
  }

  private static final String PROBLEM =
      """
      {
        "type": "object",
        "description": "A problem, as RFC 9457 defines it.",
        "required": ["type", "title", "status", "detail", "error"],
        "properties": {
          "type": {"type": "string", "format": "uri", "description": "Identifies this kind of problem to programs."},
          "title": {"type": "string", "description": "Is the same for every problem of this kind."},
          "status": {"type": "integer", "minimum": 400, "maximum": 599},
          "detail": {"type": "string", "description": "Says in a sentence for people what went wrong this time."},
          "instance": {"type": "string", "format": "uri-reference", "description": "The path of the request."},
          "error": {"type": "string", "description": "The text that older clients show to people."}
        }
      }
      """;

  void info(String title, String description) {
    info.put("title", title).put("version", "1").put("description", description);
  }

  void tag(String name, String description) {
    tags.put(name, description);
  }

  void schema(String name, String schema) {
    schemas.set(name, JSON.readTree(schema));
  }

  void header(String name, String description, String schema, String example) {
    headers
        .putObject(name)
        .put("description", description)
        .set("schema", JSON.readTree(schema))
        .set("example", JSON.readTree(example));
  }

  void securityScheme(String name, String scheme) {
    securitySchemes.set(name, JSON.readTree(scheme));
  }

  /**
   * Adds a schema whose members are those of a service's record.
   *
   * @param type the record's class name
   * @param optional members that an answer may leave out
   * @param descriptions for each member, a schema that overrides the one of its Java type
   */
  void record(String name, String type, List<String> optional, Map<String, String> descriptions) {
    ObjectNode schema = (ObjectNode) JSON.readTree(Json31.pretty(schemaOf(type)));
    ObjectNode members = (ObjectNode) schema.path("properties");
    assertThat(descriptions.keySet())
        .as("the members of %s that are described", type)
        .containsExactlyInAnyOrderElementsOf(members.propertyNames());
    ObjectNode described = JSON.createObjectNode().put("type", "object");
    described
        .putArray("required")
        .addAll(
            members.propertyNames().stream()
                .filter(member -> !optional.contains(member))
                .map(JSON::<JsonNode>valueToTree)
                .toList());
    ObjectNode properties = described.putObject("properties");
    members.forEachEntry(
        (member, itsSchema) -> {
          ObjectNode overlay = (ObjectNode) JSON.readTree(described(descriptions, member));
          // The schema of the Java type would contradict the alternatives of `oneOf`.
          properties.set(
              member, overlay.has("oneOf") ? overlay : ((ObjectNode) itsSchema).setAll(overlay));
        });
    schemas.set(name, described);
  }

  private static String described(Map<String, String> descriptions, String member) {
    return descriptions.getOrDefault(member, "{}");
  }

  private static Object schemaOf(String type) {
    try {
      return ModelConverters.getInstance(true)
          .resolveAsResolvedSchema(new AnnotatedType(Class.forName(type)))
          .schema;
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException("a description names a class that does not exist", e);
    }
  }

  /**
   * Begins to describe a route.
   *
   * @throws AssertionError if no controller has the route
   */
  Route route(String method, String path) {
    String verb = method.toLowerCase(Locale.ROOT);
    JsonNode found = generated.path("paths").path(path).path(verb);
    assertThat(found.isObject()).as("%s %s is served", method, path).isTrue();
    Route route = new Route(path, found, problems);
    routes.computeIfAbsent(path, _ -> new LinkedHashMap<>()).put(verb, route);
    return route;
  }

  /**
   * Builds the whole document.
   *
   * @throws AssertionError if a controller has a route that is not described
   */
  ObjectNode build() {
    generated
        .path("paths")
        .forEachEntry(
            (path, item) ->
                assertThat(routes.getOrDefault(path, Map.of()).keySet())
                    .as("the methods of %s that are described", path)
                    .containsExactlyInAnyOrderElementsOf(item.propertyNames()));
    ObjectNode document = JSON.createObjectNode();
    document.put("openapi", "3.1.0").set("info", info);
    document.putArray("servers").addObject().put("url", "/").put("description", "This service");
    tags.forEachEntry(
        (name, description) ->
            document
                .withArray("tags")
                .addObject()
                .put("name", name)
                .set("description", description));
    ObjectNode paths = document.putObject("paths");
    routes.forEach(
        (path, operations) -> {
          ObjectNode item = paths.putObject(path);
          operations.forEach((verb, route) -> item.set(verb, route.build()));
        });
    ObjectNode components = document.putObject("components");
    components.set("schemas", schemas);
    components.set("headers", headers);
    components.set("examples", problemExamples());
    if (!securitySchemes.isEmpty()) {
      components.set("securitySchemes", securitySchemes);
    }
    return document;
  }

  private ObjectNode problemExamples() {
    ObjectNode examples = JSON.createObjectNode();
    for (ProblemType type : problems) {
      String detail = ProblemExamples.detail(type);
      examples
          .putObject(ProblemExamples.name(type))
          .put("summary", ProblemExamples.summary(type))
          .putObject("value")
          .put("type", type.uri().toString())
          .put("title", type.title())
          .put("status", type.status().value())
          .put("detail", detail)
          .put("instance", "/apps/71b52be8c743459617b09a52519a3c44")
          .put("error", ProblemExamples.error(type, detail));
    }
    return examples;
  }
}
