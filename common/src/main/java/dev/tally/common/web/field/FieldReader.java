package dev.tally.common.web.field;

import dev.tally.common.web.problem.ProblemException;
import dev.tally.common.web.request.RequestBody;
import jakarta.servlet.http.HttpServletRequest;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;

/**
 * Reads the fields of a request. Each method returns the texts of the fields that the request has,
 * by their names: a text as it was sent, a number's digits, true or false, an object as JSON
 * without spaces. A field that is null in JSON is a field that the request does not have, unless
 * the field {@link ObjectField#mayBeNull may be null} or {@link NumberField#refusesNull refuses
 * it}.
 *
 * <p>Every method throws a {@link ProblemException}: 400 if what was sent cannot be read, 422 if it
 * has a field that the route does not know, unless such fields are ignored.
 */
public final class FieldReader {

  /** A longer name is cut in answers. */
  private static final int LONGEST_NAME = 64;

  private static final Fields NONE = Fields.of();

  private final UnknownFields unknown;

  /** A reader that treats unknown fields like this. */
  public FieldReader(UnknownFields unknown) {
    this.unknown = unknown;
  }

  /**
   * The fields of a JSON object or a form, by the media type that the request names. A request that
   * changes something has {@link #requireNoQuery no query}; that of one that creates something is
   * ignored, as it always was.
   */
  public Map<String, String> read(HttpServletRequest request, Fields known) {
    if (!"POST".equals(request.getMethod())) {
      requireNoQuery(request);
    }
    MediaType type = RequestBody.mediaType(request);
    if (type == null) {
      if (RequestBody.text(request, RequestBody.MAX_OBJECT_BYTES).isEmpty()) {
        return Map.of();
      }
      throw RequestBody.unsupported(
          "Send a Content-Type: application/json or application/x-www-form-urlencoded.");
    }
    if (MediaType.APPLICATION_JSON.equalsTypeAndSubtype(type)) {
      return readJson(RequestBody.text(request, RequestBody.MAX_OBJECT_BYTES), known);
    }
    if (MediaType.APPLICATION_FORM_URLENCODED.equalsTypeAndSubtype(type)) {
      return readForm(RequestBody.text(request, RequestBody.MAX_OBJECT_BYTES), known);
    }
    throw RequestBody.unsupported("Send application/json or application/x-www-form-urlencoded.");
  }

  private Map<String, String> readForm(String form, Fields known) {
    if (form.startsWith("{") && unknown == UnknownFields.REFUSE) {
      // As curl sends it by default.
      throw RequestBody.unsupported(
          "The body looks like JSON and is sent as a form: send Content-Type: application/json.");
    }
    Found found = new Found(known);
    FormFields.read(form, found);
    return found.texts();
  }

  /**
   * The fields of the query, of a request without a body.
   *
   * @throws ProblemException 400 if the query cannot be read
   */
  public Map<String, String> readQuery(HttpServletRequest request, Fields known) {
    String query = request.getQueryString();
    return query == null ? Map.of() : query(query, known).texts();
  }

  /**
   * Refuses the query of a request whose fields are in its body, unless unknown fields are ignored:
   * what a parameter says would be gone. An edit whose condition is gone overwrites.
   *
   * @throws ProblemException 422 that names the first parameter, 400 if the query cannot be read
   */
  public void requireNoQuery(HttpServletRequest request) {
    String query = request.getQueryString();
    if (query == null || unknown == UnknownFields.IGNORE) {
      return;
    }
    String parameter = query(query, NONE).firstUnknown;
    if (parameter != null) {
      throw ProblemException.invalidField(
          shortened(parameter),
          "is not known in the query here. Leave it out, or send it in the body.");
    }
  }

  private Found query(String query, Fields known) {
    Found found = new Found(known);
    try {
      FormFields.read(query, found);
    } catch (ProblemException e) {
      throw ProblemException.malformed(
          "The query cannot be read: send UTF-8, percent-encoded, and each parameter once.");
    }
    return found;
  }

  /** The fields of a JSON object. */
  public Map<String, String> readJson(String json, Fields known) {
    Found found = new Found(known);
    JsonFields.read(json, found);
    return found.texts();
  }

  /** What has been found of a request. */
  final class Found {

    private final Fields known;
    private final Map<String, String> texts = new LinkedHashMap<>();
    private @Nullable String firstUnknown;

    Found(Fields known) {
      this.known = known;
    }

    /** The field of this name; null if the route does not know it. */
    @Nullable Field field(String name) {
      Field field = known.named(name);
      if (field == null && firstUnknown == null) {
        firstUnknown = name;
      }
      return field;
    }

    /** Keeps a field's text, and returns whether the field is here for the first time. */
    boolean add(Field field, String text) {
      return texts.putIfAbsent(field.name(), text) == null;
    }

    /** What was found. */
    Map<String, String> texts() {
      if (firstUnknown != null && unknown == UnknownFields.REFUSE) {
        throw ProblemException.invalidField(
            shortened(firstUnknown),
            "is not known here. Leave it out, or send: " + known.names() + ".");
      }
      return texts;
    }
  }

  private static String shortened(String name) {
    return name.codePointCount(0, name.length()) <= LONGEST_NAME
        ? name
        : name.substring(0, name.offsetByCodePoints(0, LONGEST_NAME)) + "…";
  }
}
