package dev.tally.system.contract.fuzz;

import dev.tally.testkit.http.Http;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** Texts whose characters are one byte each, and blocks of such texts. */
final class Texts {

  private Texts() {}

  /** The text that these bytes encode in UTF-8. */
  static String utf8(String bytes) {
    return new String(bytes.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
  }

  /** The bytes of a text in UTF-8. */
  static String bytes(String text) {
    return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
  }

  /** The JSON of an answer or a request, an empty object if it is none. */
  static JsonNode json(String body) {
    try {
      return Http.JSON.readTree(body.getBytes(StandardCharsets.ISO_8859_1));
    } catch (JacksonException e) {
      return Http.JSON.createObjectNode();
    }
  }

  /**
   * A text with a part replaced.
   *
   * @param place the part's beginning, from 0 to 1
   * @param cut the part's length
   */
  static String spliced(String text, double place, int cut, String put) {
    int from = (int) (place * text.length());
    return text.substring(0, from) + put + text.substring(Math.min(text.length(), from + cut));
  }

  /** Splits a block at its bars. An item may continue on the next line. ⏎ stands for CR LF. */
  static List<String> items(String block) {
    return Arrays.stream(block.replace("\n", "").split("¦", -1))
        .map(item -> item.replace("⏎", "\r\n"))
        .toList();
  }
}
