package dev.tally.common.startup.address;

import java.util.regex.Pattern;

/** Host names with commas between them. */
record HostsFormat() implements AddressFormat {

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-]+(\\.[A-Za-z0-9_-]+)*");

  @Override
  public boolean accepts(String text) {
    return AddressFormat.allParts(text, name -> NAME.matcher(name).matches());
  }

  @Override
  public String expectation() {
    return "host names such as chat.example.com, with commas between them, without scheme and port";
  }
}
