package dev.tally.common.web.field;

import dev.tally.common.web.problem.ProblemException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.databind.json.JsonMapper;

/** Reads the fields of a JSON object. Other values are checked and skipped, and take no memory. */
final class JsonFields {

  private static final JsonMapper JSON =
      JsonMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  private static final String NO_JSON = "The body is not well-formed JSON.";

  private JsonFields() {}

  static void read(String json, FieldReader.Found found) {
    try (JsonParser parser = JSON.createParser(json)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw ProblemException.malformed("The body is not a JSON object.");
      }
      while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
        Field field = found.field(parser.currentName());
        boolean isNull = parser.nextToken() == JsonToken.VALUE_NULL;
        String text = field == null ? null : isNull ? ofNull(field) : text(field, parser);
        if (field != null && text != null) {
          found.add(field, text);
        }
        parser.skipChildren();
      }
      if (parser.nextToken() != null) {
        throw ProblemException.malformed(NO_JSON);
      }
    } catch (StreamConstraintsException e) {
      throw ProblemException.malformed(
          "The body is JSON that is nested too deeply, or has too long a name or number.");
    } catch (JacksonException e) {
      throw ProblemException.malformed(NO_JSON);
    }
  }

  /** What null is read as; null if it is as good as nothing. */
  private static @Nullable String ofNull(Field field) {
    return switch (field) {
      case ObjectField object -> object.mayBeNull() ? ObjectField.NULL : null;
      case TextField text -> text.mayBeNull() ? TextField.NULL : null;
      case NumberField number -> number.refusesNull() ? NumberField.NULL : null;
      case FlagField _ -> null;
    };
  }

  /** The object that a form has as text. */
  static String object(ObjectField field, String json) {
    if (field.mayBeNull() && json.equals(ObjectField.NULL)) {
      return ObjectField.NULL;
    }
    try (JsonParser parser = JSON.createParser(json)) {
      if (parser.nextToken() == JsonToken.START_OBJECT) {
        String object = copy(field, parser);
        if (parser.nextToken() == null) {
          return object;
        }
      }
    } catch (JacksonException e) {
      // It is no JSON, which is no object either.
    }
    throw noObject(field);
  }

  private static String text(Field field, JsonParser parser) {
    JsonToken token = parser.currentToken();
    return switch (field) {
      case TextField _ -> {
        if (token != JsonToken.VALUE_STRING) {
          throw ProblemException.malformed(field.name() + " is not a string.");
        }
        yield parser.getString();
      }
      case NumberField _ -> {
        if (!token.isNumeric()) {
          throw ProblemException.malformed(field.name() + " is not a number.");
        }
        yield parser.getString();
      }
      case FlagField _ -> {
        if (!token.isBoolean()) {
          throw ProblemException.malformed(field.name() + " is not true.");
        }
        yield parser.getString();
      }
      case ObjectField object -> {
        if (token != JsonToken.START_OBJECT) {
          throw noObject(object);
        }
        yield copy(object, parser);
      }
    };
  }

  /** Copies the object that begins here without spaces, and its numbers as they were sent. */
  private static String copy(ObjectField field, JsonParser parser) {
    StringWriter out = new StringWriter();
    try (JsonGenerator copy = JSON.createGenerator(out)) {
      int depth = 0;
      do {
        JsonToken token = parser.currentToken();
        if (token.isNumeric()) {
          // As text: a number that is read would be written in another way.
          copy.writeNumber(parser.getString());
        } else {
          copy.copyCurrentEvent(parser);
        }
        if (token.isStructStart()) {
          depth++;
        } else if (token.isStructEnd()) {
          depth--;
        }
        // Whoever sends a long object does not get all of it copied.
        if (out.getBuffer().length() + copy.streamWriteOutputBuffered() > field.maxBytes()) {
          throw tooLong(field);
        }
      } while (depth > 0 && parser.nextToken() != null);
    }
    String text = out.toString();
    if (!StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
      throw ProblemException.invalidField(field.name(), "must not contain an unpaired surrogate.");
    }
    if (text.getBytes(StandardCharsets.UTF_8).length > field.maxBytes()) {
      throw tooLong(field);
    }
    return text;
  }

  private static ProblemException noObject(ObjectField field) {
    return ProblemException.malformed(field.name() + " is not a JSON object.");
  }

  private static ProblemException tooLong(ObjectField field) {
    return ProblemException.invalidField(
        field.name(), "must be at most %,d bytes long.".formatted(field.maxBytes()));
  }
}
