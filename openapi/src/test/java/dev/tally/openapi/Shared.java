package dev.tally.openapi;

import dev.tally.common.web.request.TextField;

/** What both documents say in the same words. */
final class Shared {

  static final String TOKEN_EXAMPLE = "71b52be8c743459617b09a52519a3c44";

  static final String TOKEN =
      """
      {"type": "string", "pattern": "^[0-9a-f]{32}$", "examples": ["%s"]}"""
          .formatted(TOKEN_EXAMPLE);

  /** Optional: an example of it would be sent by whoever tries the route out. */
  static final String CURSOR_TOKEN =
      """
      {"type": "string", "pattern": "^[0-9a-f]{32}$"}""";

  static final String NUMBER =
      """
      {"type": "integer", "format": "int64", "minimum": 1, "maximum": 999999999999999, "examples": [1]}""";

  static final String TOKEN_TEXT = "The app's token. Who knows it may read and write the app.";
  static final String CHAT_TEXT = "The chat's number in its app.";

  static final String ERRORS =
      """
      Errors are `application/problem+json` (RFC 9457) with a plain `error` string besides. A path that is not listed \
      is answered with 404 (`no-such-route`), another method with 405 (`method-not-allowed`) and `Allow`. Bodies are \
      JSON or form-encoded, in UTF-8. Objects may get more members; those that are listed stay as they are.

      Where a limit is configured, every answer bears `RateLimit-Policy` and `RateLimit`.""";

  private Shared() {}

  static String reference(String schema) {
    return "{\"$ref\": \"#/components/schemas/" + schema + "\"}";
  }

  /** An object with one field of text. */
  static String objectWith(TextField field) {
    return """
    {
      "type": "object",
      "required": ["%1$s"],
      "properties": {
        "%1$s": {
          "type": "string", "minLength": 1, "maxLength": %2$d,
          "description": "Kept as it is sent. Not blank, no NUL, no unpaired surrogate."
        }
      }
    }"""
        .formatted(field.name(), field.maxCodePoints());
  }

  static String arrayOf(String schema) {
    return "{\"type\": \"array\", \"items\": " + reference(schema) + "}";
  }
}
