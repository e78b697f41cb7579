package dev.tally.deploy;

import static org.assertj.core.api.Assertions.fail;

import com.google.gson.Gson;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import java.lang.reflect.InvocationTargetException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.yaml.snakeyaml.Yaml;

/** A YAML document and its file. */
record Document(Path file, JsonObject content) {

  private static final Gson GSON = new Gson();

  /** All documents in a folder and its subfolders. */
  static List<Document> in(Path folder) {
    return Repository.files(folder, ".yml").stream()
        .flatMap(file -> read(file, Repository.read(file)))
        .toList();
  }

  static Document of(Path file) {
    return read(file, Repository.read(file)).findFirst().orElseThrow();
  }

  static Stream<Document> read(Path file, String yaml) {
    return StreamSupport.stream(new Yaml().loadAll(yaml).spliterator(), false)
        .map(document -> new Document(file, GSON.toJsonTree(document).getAsJsonObject()));
  }

  /** Parses YAML, for comparisons. */
  static JsonElement yaml(String yaml) {
    return GSON.toJsonTree(new Yaml().load(yaml));
  }

  String kind() {
    return text("kind");
  }

  String name() {
    return text("metadata", "name");
  }

  String text(String... path) {
    return at(path).getAsString();
  }

  JsonElement at(String... path) {
    return at(content, path);
  }

  /** Follows a path of member names and array indexes. Returns JSON null if it leads nowhere. */
  static JsonElement at(JsonElement from, String... path) {
    JsonElement found = from;
    for (String step : path) {
      if (found.isJsonArray()) {
        found = found.getAsJsonArray().get(Integer.parseInt(step));
      } else if (found.isJsonObject() && found.getAsJsonObject().has(step)) {
        found = found.getAsJsonObject().get(step);
      } else {
        return JsonNull.INSTANCE;
      }
    }
    return found;
  }

  /** The elements of a list. Empty if the element is no list. */
  static List<JsonElement> list(JsonElement element) {
    return element.isJsonArray() ? element.getAsJsonArray().asList() : List.of();
  }

  /**
   * Reads the document with the model of Kubernetes' API.
   *
   * @throws AssertionError if a member is unknown, missing or of the wrong type
   */
  void readAsKubernetesDoes() {
    String version = text("apiVersion").replaceAll(".*/", "");
    String model =
        "io.kubernetes.client.openapi.models."
            + version.substring(0, 1).toUpperCase(Locale.ROOT)
            + version.substring(1)
            + kind();
    try {
      Class.forName(model).getMethod("fromJson", String.class).invoke(null, content.toString());
    } catch (InvocationTargetException e) {
      throw new AssertionError(file + ": " + e.getCause(), e);
    } catch (ReflectiveOperationException e) {
      fail(file + ": Kubernetes has no such kind", e);
    }
  }
}
