package dev.tally.common.startup.address;

import java.util.Arrays;
import java.util.function.Predicate;

/** What an address must look like. */
sealed interface AddressFormat
    permits DatabaseUrlFormat, HostsFormat, NodesFormat, OriginsFormat, SecretFormat, UrlFormat {

  /** Whether everything that reads the text understands it as its author does. */
  boolean accepts(String text);

  /**
   * Completes "TALLY_X must be …": the form, and what is often wrong. It is the same for all texts,
   * so it cannot quote one.
   */
  String expectation();

  /** Whether this holds for each part of a text with commas between them. */
  static boolean allParts(String text, Predicate<String> accepted) {
    return Arrays.stream(text.split(",", -1)).map(String::strip).allMatch(accepted);
  }
}
