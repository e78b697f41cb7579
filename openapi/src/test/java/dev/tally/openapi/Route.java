package dev.tally.openapi;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tally.common.web.problem.ProblemType;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Builds a route of a {@link Document}. */
final class Route {

  private static final Pattern VARIABLE = Pattern.compile("\\{(\\w+)}");

  private final String path;
  private final JsonNode generated;
  private final Set<ProblemType> allProblems;
  private final ObjectNode operation = Document.JSON.createObjectNode();
  private final Map<String, ObjectNode> parameters = new TreeMap<>();
  private final Set<String> required = new HashSet<>();
  private final Set<String> read = new LinkedHashSet<>();
  private final Map<Integer, ObjectNode> responses = new TreeMap<>();

  /**
   * @param path has the route's variables, which springdoc does not see
   * @param generated the operation that springdoc reads from the controller
   * @param allProblems collects the route's problems
   */
  Route(String path, JsonNode generated, Set<ProblemType> allProblems) {
    this.path = path;
    this.generated = generated;
    this.allProblems = allProblems;
  }

  Route is(String tag, String id, String summary, String description) {
    operation.putArray("tags").add(tag);
    operation.put("operationId", id).put("summary", summary).put("description", description);
    return this;
  }

  /** Says that the route needs the admin key, in a deployment that has one. */
  Route needsAdminKey() {
    var security = operation.putArray("security");
    security.addObject();
    security.addObject().putArray("adminKey");
    return this;
  }

  /**
   * Marks a parameter as required that its controller checks itself, so that springdoc cannot know.
   */
  Route requires(String name) {
    required.add(name);
    return this;
  }

  /** Describes a parameter of the path, the query or the headers. */
  Route parameter(String name, String description, String schema) {
    parameters.put(
        name,
        Document.JSON
            .createObjectNode()
            .put("description", description)
            .set("schema", Document.JSON.readTree(schema)));
    return this;
  }

  /** Describes a parameter of the query that the controller reads itself. */
  Route query(String name, String description, String schema) {
    read.add(name);
    return parameter(name, description, schema);
  }

  /**
   * Describes the body.
   *
   * @param schema the schema of an object or a form
   * @param examples an example for each media type that the route takes
   */
  Route body(String description, String schema, Map<String, String> examples) {
    return body(description, schema, examples, true);
  }

  /** Describes a body that the request may leave out. */
  Route optionalBody(String description, String schema, Map<String, String> examples) {
    return body(description, schema, examples, false);
  }

  private Route body(
      String description, String schema, Map<String, String> examples, boolean required) {
    ObjectNode body =
        operation
            .putObject("requestBody")
            .put("description", description)
            .put("required", required);
    ObjectNode content = body.putObject("content");
    for (String type : new TreeMap<>(examples).keySet()) {
      boolean object = !type.equals("application/x-ndjson");
      content
          .putObject(type)
          .set(
              "schema",
              object
                  ? reference("schemas", schema)
                  : Document.JSON.createObjectNode().put("type", "string"))
          .set(
              "example",
              object
                  ? Document.JSON.readTree(examples.get(type))
                  : Document.JSON.valueToTree(examples.get(type)));
    }
    return this;
  }

  /** Describes the answer to a successful request. */
  Route answers(int status, String description, String schema, String example, String... headers) {
    ObjectNode response = response(status, description);
    for (String header : headers) {
      response.withObject("headers").set(header, reference("headers", header));
    }
    response
        .putObject("content")
        .putObject("application/json")
        .set("schema", Document.JSON.readTree(schema))
        .set("example", Document.JSON.readTree(example));
    return this;
  }

  /** Describes a stream: an answer that ends when its client closes the connection. */
  Route streams(String description, String example) {
    response(200, description)
        .putObject("content")
        .putObject("text/event-stream")
        .put("example", example)
        .putObject("schema")
        .put("type", "string");
    return this;
  }

  /**
   * Describes the problems that the route can answer with. Where an app may be missing, it may also
   * be deleted.
   */
  Route problems(ProblemType... types) {
    Map<Integer, List<ProblemType>> byStatus = new TreeMap<>();
    List<ProblemType> all = new ArrayList<>(List.of(types));
    boolean isDeletion = operation.path("operationId").asString("").equals("deleteApp");
    if (all.contains(ProblemType.APP_NOT_FOUND) && !isDeletion) {
      all.add(ProblemType.APP_DELETED);
    }
    for (ProblemType type : all) {
      byStatus.computeIfAbsent(type.status().value(), _ -> new ArrayList<>()).add(type);
      allProblems.add(type);
    }
    byStatus.forEach(
        (status, kinds) -> {
          ObjectNode response =
              response(
                  status,
                  kinds.stream().map(ProblemExamples::summary).collect(Collectors.joining("; ")));
          if (kinds.stream().anyMatch(ProblemExamples::isRetryable)) {
            response.withObject("headers").set("Retry-After", reference("headers", "Retry-After"));
          }
          if (kinds.contains(ProblemType.UNAUTHORIZED)) {
            response
                .withObject("headers")
                .set("WWW-Authenticate", reference("headers", "WWW-Authenticate"));
          }
          ObjectNode content = response.putObject("content").putObject("application/problem+json");
          content.set("schema", reference("schemas", "Problem"));
          ObjectNode examples = content.putObject("examples");
          kinds.forEach(
              kind ->
                  examples.set(
                      ProblemExamples.name(kind),
                      reference("examples", ProblemExamples.name(kind))));
        });
    return this;
  }

  private ObjectNode response(int status, String description) {
    ObjectNode response = Document.JSON.createObjectNode().put("description", description);
    responses.put(status, response);
    return response;
  }

  private static ObjectNode reference(String kind, String name) {
    return Document.JSON.createObjectNode().put("$ref", "#/components/" + kind + "/" + name);
  }

  private void addParameter(String name, String in, boolean isRequired) {
    ObjectNode described =
        Document.JSON
            .createObjectNode()
            .put("name", name)
            .put("in", in)
            .put("required", isRequired);
    described.setAll(parameters.getOrDefault(name, Document.JSON.createObjectNode()));
    operation.withArray("parameters").add(described);
  }

  ObjectNode build() {
    Set<String> found = new LinkedHashSet<>();
    VARIABLE
        .matcher(path)
        .results()
        .map(variable -> variable.group(1))
        .forEach(
            name -> {
              found.add(name);
              addParameter(name, "path", true);
            });
    for (JsonNode parameter : generated.path("parameters")) {
      String name = parameter.path("name").asString();
      if (name.equals("Accept")) {
        // The media types of the answers say what a client can accept.
        continue;
      }
      found.add(name);
      addParameter(
          name,
          parameter.path("in").asString(),
          required.contains(name) || parameter.path("required").asBoolean());
    }
    for (String name : read) {
      found.add(name);
      addParameter(name, "query", /* isRequired= */ false);
    }
    assertThat(parameters.keySet())
        .as("the parameters of %s that are described", operation.path("operationId"))
        .containsExactlyInAnyOrderElementsOf(found);
    // A route that a limit can refuse reports the limit on every answer.
    boolean limited = responses.containsKey(ProblemType.RATE_LIMITED.status().value());
    responses.forEach(
        (status, response) -> {
          if (limited) {
            response
                .withObject("headers")
                .set("RateLimit-Policy", reference("headers", "RateLimit-Policy"))
                .set("RateLimit", reference("headers", "RateLimit"));
          }
          operation.withObject("responses").set(Integer.toString(status), response);
        });
    return operation;
  }
}
