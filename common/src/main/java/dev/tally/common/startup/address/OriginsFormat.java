package dev.tally.common.startup.address;

import java.util.regex.Pattern;

/** Origins as browsers send them. The scheme may be that of an app, such as {@code capacitor}. */
record OriginsFormat() implements AddressFormat {

  private static final Pattern ORIGIN =
      Pattern.compile("[a-z][a-z0-9+.-]*://(\\[[0-9a-f:.]+]|[^\\s/?#@:\\[\\]%]+)(:\\d{1,5})?");

  @Override
  public boolean accepts(String text) {
    return AddressFormat.allParts(text, origin -> ORIGIN.matcher(origin).matches());
  }

  @Override
  public String expectation() {
    return "origins such as https://chat.example.com:8443, with commas between them and no slash at"
        + " the end";
  }
}
