package dev.tally.common.startup.address;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A URL of a server, or several with commas between them.
 *
 * @param form completes "must be …"
 * @param schemes the schemes that the reader of the setting knows
 * @param parts what the URL may or must have besides a host
 */
record UrlFormat(String form, Set<String> schemes, Set<Part> parts) implements AddressFormat {

  private static final Pattern DATABASE = Pattern.compile("/?|/\\d{1,9}");
  private static final int HIGHEST_PORT = 65_535;

  /** A part of a URL beside scheme and host. */
  enum Part {
    /** User and password are used. In other URLs they would be ignored, or shown to people. */
    CREDENTIALS,
    /** The reader knows no default port. */
    PORT,
    /** The port may be 0, that of a service that chooses one itself. */
    FREE_PORT,
    /** The path is the number of a database. */
    DATABASE,
    /** Any path is used. */
    PATH,
    /** There may be several URLs, and {@code http} is the default scheme. */
    SEVERAL
  }

  @Override
  public boolean accepts(String text) {
    return parts.contains(Part.SEVERAL)
        ? AddressFormat.allParts(text, url -> acceptsOne(hasScheme(url) ? url : "http://" + url))
        : acceptsOne(text);
  }

  private boolean hasScheme(String url) {
    return url.contains("://") || schemes.stream().anyMatch(scheme -> url.startsWith(scheme + ":"));
  }

  private boolean acceptsOne(String text) {
    if (!Escapes.areReadable(text)) {
      return false;
    }
    URI url;
    try {
      url = new URI(text);
    } catch (URISyntaxException e) {
      // The message of the exception has the URL.
      return false;
    }
    // An unescaped password moves the host: one with a slash makes the user the host, for example.
    return url.getScheme() != null
        && schemes.contains(url.getScheme())
        && url.getHost() != null
        && url.getRawQuery() == null
        && url.getRawFragment() == null
        && (url.getRawUserInfo() == null || parts.contains(Part.CREDENTIALS))
        && acceptsPort(url)
        && acceptsPath(Objects.requireNonNullElse(url.getRawPath(), ""));
  }

  private boolean acceptsPort(URI url) {
    int port = url.getPort();
    return port < 0
        ? !parts.contains(Part.PORT) && !url.getRawAuthority().endsWith(":")
        : port <= HIGHEST_PORT && (port > 0 || parts.contains(Part.FREE_PORT));
  }

  private boolean acceptsPath(String path) {
    if (parts.contains(Part.DATABASE)) {
      return DATABASE.matcher(path).matches();
    }
    return path.indexOf('@') < 0
        && (parts.contains(Part.PATH) || path.isEmpty() || path.equals("/"));
  }

  @Override
  public String expectation() {
    return parts.contains(Part.CREDENTIALS)
        ? form + ". " + Escapes.ADVICE
        : form + ", without user, password, ? and #";
  }
}
