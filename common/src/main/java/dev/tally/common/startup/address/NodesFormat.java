package dev.tally.common.startup.address;

import java.util.Set;

/** Servers as {@code host:port,host:port,…}. */
record NodesFormat() implements AddressFormat {

  private static final UrlFormat NODE =
      new UrlFormat("", Set.of("redis"), Set.of(UrlFormat.Part.PORT));

  @Override
  public boolean accepts(String text) {
    return AddressFormat.allParts(
        text, node -> !node.endsWith("/") && NODE.accepts("redis://" + node));
  }

  @Override
  public String expectation() {
    return "host:port,host:port,…, without user and password, which TALLY_REDIS_URL has";
  }
}
