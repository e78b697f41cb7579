package dev.tally.testkit;

import dev.tally.stack.EmbeddedStack;
import dev.tally.stack.ServerKind;
import dev.tally.stack.StackOptions;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/** The servers that an environment names, and embedded servers for the rest. */
final class MixedStack implements AutoCloseable {

  private final EmbeddedStack stack;
  private final Set<ServerKind> embedded;
  private final Addresses addresses;

  private MixedStack(EmbeddedStack stack, Set<ServerKind> embedded, Addresses addresses) {
    this.stack = stack;
    this.embedded = embedded;
    this.addresses = addresses;
  }

  /**
   * Starts the servers that the environment does not name.
   *
   * @param folder for their data
   * @param environment {@code TALLY_MYSQL_URL} and so on; a blank variable names nothing
   */
  static MixedStack start(Path folder, Map<String, String> environment) {
    StackOptions options = StackOptions.in(folder);
    for (ServerKind kind : ServerKind.values()) {
      if (!given(environment, variable(kind)).isEmpty()) {
        options = options.without(kind);
      }
    }
    Set<ServerKind> embedded = Set.copyOf(options.ports().keySet());
    EmbeddedStack stack = EmbeddedStack.start(options);
    Function<ServerKind, String> url =
        kind ->
            embedded.contains(kind) ? stack.server(kind).url() : given(environment, variable(kind));
    boolean ownMysql = embedded.contains(ServerKind.MARIADB);
    String user = given(environment, "TALLY_MYSQL_USER");
    return new MixedStack(
        stack,
        embedded,
        new Addresses(
            url.apply(ServerKind.MARIADB),
            // The services have the same default.
            ownMysql ? "root" : user.isEmpty() ? "tally" : user,
            ownMysql ? "" : environment.getOrDefault("TALLY_MYSQL_PASSWORD", ""),
            url.apply(ServerKind.REDIS),
            url.apply(ServerKind.ELASTICSEARCH)));
  }

  private static String variable(ServerKind kind) {
    return switch (kind) {
      case MARIADB -> "TALLY_MYSQL_URL";
      case REDIS -> "TALLY_REDIS_URL";
      case ELASTICSEARCH -> "TALLY_ELASTICSEARCH_URL";
    };
  }

  private static String given(Map<String, String> environment, String variable) {
    return environment.getOrDefault(variable, "").strip();
  }

  Addresses addresses() {
    return addresses;
  }

  boolean isEmbedded(ServerKind kind) {
    return embedded.contains(kind);
  }

  /** The processes of the embedded servers. */
  EmbeddedStack processes() {
    return stack;
  }

  /**
   * The configuration that points a service at the embedded servers, as {@code --name=value}. A
   * service inherits the environment, so it finds the other servers there.
   */
  List<String> arguments() {
    return addresses.arguments(embedded);
  }

  @Override
  public void close() {
    stack.close();
  }
}
