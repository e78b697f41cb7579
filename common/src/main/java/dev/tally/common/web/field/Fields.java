package dev.tally.common.web.field;

import java.util.Arrays;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The fields that a route knows. */
public final class Fields {

  private final Map<String, Field> byName;
  private final String names;

  private Fields(Map<String, Field> byName) {
    this.byName = byName;
    this.names = byName.keySet().stream().sorted().collect(Collectors.joining(", "));
  }

  /** These fields, each with another name. */
  public static Fields of(Field... fields) {
    return new Fields(
        Arrays.stream(fields).collect(Collectors.toMap(Field::name, Function.identity())));
  }

  /** The field of this name; null if the route does not know it. */
  @Nullable Field named(String name) {
    return byName.get(name);
  }

  /** All names, for an answer. */
  String names() {
    return names;
  }
}
