package dev.tally.openapi;

import com.networknt.schema.Schema;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** Finds the examples of a document, and validates each against its schema. */
final class Examples {

  private static final String HERE = "urn:tally:openapi";

  private final JsonNode document;
  private final SchemaRegistry schemas;
  private final List<String> misfits = new ArrayList<>();
  private int count;

  Examples(JsonNode document) {
    this.document = document;
    schemas =
        SchemaRegistry.withDefaultDialect(
            SpecificationVersion.DRAFT_2020_12,
            registry -> registry.schemas(Map.of(HERE, document.toString())));
    walk("#", document);
  }

  /** The number of examples in the document. */
  int count() {
    return count;
  }

  /** The validation errors, each with the place of its example. */
  List<String> misfits() {
    return misfits;
  }

  private void walk(String pointer, JsonNode node) {
    if (node.has("schema")) {
      if (node.has("example")) {
        check(pointer, node.path("example"));
      }
      node.path("examples").forEach(example -> check(pointer, resolved(example).path("value")));
      node.path("schema").path("examples").forEach(example -> check(pointer, example));
    }
    if (node.isObject()) {
      node.forEachEntry((name, child) -> walk(pointer + "/" + escaped(name), child));
    } else {
      for (int i = 0; i < node.size(); i++) {
        walk(pointer + "/" + i, node.path(i));
      }
    }
  }

  private JsonNode resolved(JsonNode node) {
    return node.has("$ref") ? document.at(node.path("$ref").asString().substring(1)) : node;
  }

  private void check(String pointer, JsonNode example) {
    count++;
    Schema schema = schemas.getSchema(SchemaLocation.of(HERE + pointer + "/schema"));
    schema.validate(example).forEach(error -> misfits.add(pointer + ": " + error));
  }

  private static String escaped(String name) {
    return name.replace("~", "~0").replace("/", "~1");
  }
}
