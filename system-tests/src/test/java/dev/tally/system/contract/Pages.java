package dev.tally.system.contract;

import dev.tally.testkit.http.Http;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;

/** Reads lists to their end, by the links to their next pages. */
final class Pages {

  private Pages() {}

  /** Passes each item of a list to a consumer, page after page. */
  static void follow(String first, Consumer<JsonNode> consumer) {
    String url = first;
    while (url != null) {
      Http.Answer answer = Http.get(url).is(200);
      answer.json().forEach(consumer);
      url = answer.next().orElse(null);
    }
  }

  /** The numbers of all items of a list. */
  static List<Long> numbers(String url) {
    List<Long> numbers = new ArrayList<>();
    follow(url, item -> numbers.add(item.path("number").asLong()));
    return numbers;
  }
}
