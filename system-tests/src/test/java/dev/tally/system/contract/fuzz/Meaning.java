package dev.tally.system.contract.fuzz;

import static dev.tally.system.contract.fuzz.Texts.json;
import static dev.tally.system.contract.fuzz.Texts.utf8;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** What a request asks for, as another parser than the services' reads it. */
final class Meaning {

  private Meaning() {}

  /** The texts that a request asks Tally to store, according to a lenient parser. */
  static List<String> texts(Request request) {
    String field = request.gateway() ? "body" : "name";
    String type = request.headers().getOrDefault("Content-Type", "").toLowerCase(Locale.ROOT);
    if (request.body().isEmpty() || request.method().equals("GET")) {
      return List.of();
    }
    if (type.contains("form")) {
      try {
        return Arrays.stream(request.body().split("&"))
            .map(pair -> pair.split("=", 2))
            .filter(pair -> formDecoded(pair[0]).equals(field))
            .map(pair -> pair.length == 1 ? "" : formDecoded(pair[1]))
            .toList();
      } catch (IllegalArgumentException e) {
        // A broken percent sequence makes the whole form invalid.
        return List.of();
      }
    }
    List<String> objects =
        type.contains("ndjson")
            ? Arrays.asList(request.body().split("\n"))
            : List.of(request.body());
    return objects.stream().map(object -> json(object).path(field).asString("")).toList();
  }

  private static String formDecoded(String bytes) {
    return URLDecoder.decode(utf8(bytes), StandardCharsets.UTF_8);
  }
}
