package dev.tally.openapi;

import dev.tally.common.web.field.NumberField;
import dev.tally.common.web.field.ObjectField;
import dev.tally.common.web.field.TextField;

/** Texts and schemas that both documents use. */
final class Shared {

  static final String TOKEN_EXAMPLE = "71b52be8c743459617b09a52519a3c44";

  static final String TOKEN =
      """
      {"type": "string", "pattern": "^[0-9a-f]{32}$", "examples": ["%s"]}"""
          .formatted(TOKEN_EXAMPLE);

  /** Has no example: Swagger UI would send it, although the parameter is optional. */
  static final String CURSOR_TOKEN =
      """
      {"type": "string", "pattern": "^[0-9a-f]{32}$"}""";

  static final String NUMBER =
      """
      {"type": "integer", "format": "int64", "minimum": 1, "maximum": 999999999999999, "examples": [1]}""";

  static final String REVISION =
      """
      {
        "type": "integer", "format": "int64", "minimum": 0, "maximum": 999999999999999,
        "description": "The revision that the message must have, 0 if nobody may have changed it. With another one, the change has no effect."
      }""";

  static final String TOKEN_TEXT =
      "The app's token. Every client that has the token can read and write the app.";
  static final String CHAT_TEXT = "The chat's number in its app.";
  static final String MESSAGE_TEXT = "The message's number in its chat.";

  static final String ERRORS =
      """
      Errors are `application/problem+json` (RFC 9457) with a plain `error` string. A path that is not listed gets a \
      404 (`no-such-route`); a method that is not listed gets a 405 (`method-not-allowed`) with `Allow`. Bodies are \
      JSON or form-encoded, in UTF-8. Objects of answers may get more members; the listed members stay as they are. A \
      request with a field that is not listed gets a 422 that names it.

      If a rate limit is configured, answers report it in the headers `RateLimit-Policy` and `RateLimit`. The limit of a \
      client's address counts every request but those for health; the limit of an app counts each line of a batch.""";

  private Shared() {}

  static String reference(String schema) {
    return "{\"$ref\": \"#/components/schemas/" + schema + "\"}";
  }

  /** The schema of an object with one text field. */
  static String objectWith(TextField field) {
    return """
    {
      "type": "object",
      "required": ["%s"],
      "additionalProperties": false,
      "properties": {%s}
    }"""
        .formatted(field.name(), stored(field));
  }

  /** The schema of a new chat. */
  static String newChat() {
    return """
    {
      "type": "object",
      "additionalProperties": false,
      "properties": {
        "%s": {"type": "string", "minLength": 1, "maxLength": %d},
        %s
      }
    }"""
        .formatted(
            TextField.CHAT_NAME.name(),
            TextField.CHAT_NAME.maxCodePoints(),
            clients(ObjectField.CHAT_METADATA));
  }

  /** The schema of a new message. */
  static String newMessage() {
    return """
    {
      "type": "object",
      "required": ["%s"],
      "additionalProperties": false,
      "properties": {
        %s,
        %s,
        %s,
        "%s": {
          "type": "integer", "format": "int64", "minimum": 1, "maximum": 999999999999999,
          "description": "The number of the earlier message of the chat that this one answers."
        }
      }
    }"""
        .formatted(
            TextField.MESSAGE_BODY.name(),
            stored(TextField.MESSAGE_BODY),
            author("wrote"),
            clients(ObjectField.MESSAGE_METADATA),
            NumberField.REPLY_TO.name());
  }

  /** The schema of a message that is said again as a whole. */
  static String replacement() {
    return change(clients(ObjectField.MESSAGE_METADATA), "\"required\": [\"body\"]");
  }

  /** The schema of an edit, which keeps what it leaves out. */
  static String edit() {
    String metadata =
        """
        "%s": {
          "type": ["object", "null"],
          "description": "Belongs to the client: at most %d bytes as JSON without spaces; `null` removes it. A form has its text."
        }"""
            .formatted(
                ObjectField.CHANGED_METADATA.name(), ObjectField.CHANGED_METADATA.maxBytes());
    return change(
        metadata, "\"anyOf\": [{\"required\": [\"body\"]}, {\"required\": [\"metadata\"]}]");
  }

  /** The schema of an edit of a chat, which keeps what it leaves out. */
  static String chatEdit() {
    return """
    {
      "type": "object",
      "anyOf": [{"required": ["name"]}, {"required": ["metadata"]}],
      "additionalProperties": false,
      "properties": {
        "%s": {
          "type": ["string", "null"], "minLength": 0, "maxLength": %d,
          "description": "`null` or nothing removes it."
        },
        "%s": {
          "type": ["object", "null"],
          "description": "Belongs to the client: at most %d bytes as JSON without spaces; `null` removes it. A form has its text."
        },
        %s,
        "%s": %s
      }
    }"""
        .formatted(
            TextField.CHANGED_CHAT_NAME.name(),
            TextField.CHANGED_CHAT_NAME.maxCodePoints(),
            ObjectField.CHANGED_CHAT_METADATA.name(),
            ObjectField.CHANGED_CHAT_METADATA.maxBytes(),
            author("changes").replace("the message", "the chat"),
            NumberField.EXPECTED_REVISION.name(),
            REVISION.replace("message", "chat"));
  }

  private static String change(String metadata, String needed) {
    return """
    {
      "type": "object",
      %s,
      "additionalProperties": false,
      "properties": {
        %s,
        %s,
        %s,
        "%s": %s
      }
    }"""
        .formatted(
            needed,
            stored(TextField.MESSAGE_BODY),
            metadata,
            author("changes"),
            NumberField.EXPECTED_REVISION.name(),
            REVISION);
  }

  private static String author(String does) {
    return """
    "%s": {
      "type": "string", "minLength": 1, "maxLength": %d,
      "description": "Who %s the message, as the app names people. Tally does not look at it."
    }"""
        .formatted(TextField.MESSAGE_AUTHOR.name(), TextField.MESSAGE_AUTHOR.maxCodePoints(), does);
  }

  /** The property of a text that an object must have. */
  private static String stored(TextField field) {
    return """
    "%s": {
      "type": "string", "minLength": 1, "maxLength": %d,
      "description": "Stored unchanged. It must not be blank, and must not contain NUL or an unpaired surrogate."
    }"""
        .formatted(field.name(), field.maxCodePoints());
  }

  /** The property of an object that belongs to the client. */
  private static String clients(ObjectField field) {
    return """
    "%s": {
      "type": "object",
      "description": "Belongs to the client: at most %d bytes as JSON without spaces. A form has its text."
    }"""
        .formatted(field.name(), field.maxBytes());
  }

  static String arrayOf(String schema) {
    return "{\"type\": \"array\", \"items\": " + reference(schema) + "}";
  }
}
