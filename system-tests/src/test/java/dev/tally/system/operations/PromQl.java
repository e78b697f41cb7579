package dev.tally.system.operations;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The metrics and labels that a PromQL expression uses. It parses only the syntax of our dashboards
 * and rules: label values contain no braces and no escaped quotes.
 *
 * @param selectors the metrics that the expression names, in order
 * @param grouping the labels that it groups by
 */
record PromQl(List<Selector> selectors, Set<String> grouping) {

  /** A metric with the conditions on its labels. */
  record Selector(String metric, List<Condition> conditions) {}

  /**
   * One condition of a selector.
   *
   * @param operator {@code =}, {@code !=}, {@code =~} or {@code !~}
   */
  record Condition(String label, String operator, String value) {}

  private static final Pattern LABEL_VALUES =
      Pattern.compile("label_values\\((.*),\\s*(\\w+)\\s*\\)");
  private static final Pattern GROUPING =
      Pattern.compile("\\b(?:by|without|on|ignoring|group_left|group_right)\\s*\\(([^)]*)\\)");
  private static final Pattern RANGE = Pattern.compile("\\[[^]]*]");
  private static final Pattern NAME =
      Pattern.compile("(?<![\\w.])([a-zA-Z_:][\\w:]*)\\s*(\\(|\\{([^}]*)})?");
  private static final Pattern CONDITION =
      Pattern.compile("(\\w+)\\s*(=~|!~|!=|=)\\s*\"([^\"]*)\"");
  private static final Set<String> WORDS = Set.of("and", "or", "unless", "bool", "offset");

  static PromQl read(String expression) {
    List<String> grouping = new ArrayList<>();
    String rest = expression;
    Matcher labelValues = LABEL_VALUES.matcher(rest);
    if (labelValues.matches()) {
      grouping.add(labelValues.group(2));
      rest = labelValues.group(1);
    }
    Matcher groups = GROUPING.matcher(rest);
    while (groups.find()) {
      grouping.addAll(List.of(groups.group(1).trim().split("\\s*,\\s*")));
    }
    rest = RANGE.matcher(groups.replaceAll(" ")).replaceAll(" ");
    List<Selector> selectors = new ArrayList<>();
    Matcher names = NAME.matcher(rest);
    while (names.find()) {
      boolean function = "(".equals(names.group(2));
      if (!function && !WORDS.contains(names.group(1))) {
        selectors.add(new Selector(names.group(1), conditions(names.group(3))));
      }
    }
    return new PromQl(List.copyOf(selectors), Set.copyOf(grouping));
  }

  private static List<Condition> conditions(@Nullable String text) {
    return text == null
        ? List.of()
        : CONDITION
            .matcher(text)
            .results()
            .map(found -> new Condition(found.group(1), found.group(2), found.group(3)))
            .toList();
  }
}
