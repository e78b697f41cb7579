package dev.tally.common.startup.address;

import java.sql.Driver;
import java.sql.SQLException;
import java.util.Properties;
import java.util.ServiceLoader;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A JDBC URL, judged by the driver that will read it. */
record DatabaseUrlFormat() implements AddressFormat {

  /** The part between {@code //} and the name of the database. */
  private static final Pattern AUTHORITY = Pattern.compile("//([^/?#]*)([^?]*)");

  /** A port at the end of one host of several. */
  private static final Pattern PORT = Pattern.compile(":(\\d{1,9})(?=,|$)");

  private static final int HIGHEST_PORT = 65_535;

  @Override
  public boolean accepts(String text) {
    return Escapes.areReadable(text) && hasPlainAddress(text) && isReadByADriver(text);
  }

  /** Checks what Connector/J finds out only when it connects. */
  private static boolean hasPlainAddress(String text) {
    Matcher address = AUTHORITY.matcher(text);
    if (!address.find()) {
      return false;
    }
    String hosts = address.group(1).substring(address.group(1).lastIndexOf('@') + 1);
    boolean portsExist =
        PORT.matcher(hosts)
            .results()
            .mapToInt(port -> Integer.parseInt(port.group(1)))
            .allMatch(port -> port > 0 && port <= HIGHEST_PORT);
    // An @ in the name of the database is most likely the end of a password with a slash.
    return portsExist && address.group(2).indexOf('@') < 0;
  }

  private static boolean isReadByADriver(String text) {
    for (Driver driver :
        ServiceLoader.load(Driver.class, DatabaseUrlFormat.class.getClassLoader())) {
      try {
        if (driver.acceptsURL(text)) {
          driver.getPropertyInfo(text, new Properties());
          return true;
        }
      } catch (SQLException | RuntimeException e) {
        // Connector/J throws both, and quotes parts of the URL.
        return false;
      }
    }
    return false;
  }

  @Override
  public String expectation() {
    return "jdbc:mysql://host:port/database. User and password are better in TALLY_MYSQL_USER and"
        + " TALLY_MYSQL_PASSWORD, as they are. "
        + Escapes.ADVICE;
  }
}
