package dev.tally.common.startup.address;

/** A text, such as a password, that its reader judges without quoting it. */
record SecretFormat() implements AddressFormat {

  @Override
  public boolean accepts(String text) {
    return true;
  }

  @Override
  public String expectation() {
    return "a text without ${…}";
  }
}
