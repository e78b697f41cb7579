package dev.tally.system.faults.deployment;

import dev.tally.api.ChatApi;
import dev.tally.gateway.ChatGateway;
import dev.tally.stack.ServerKind;
import dev.tally.testkit.Service;
import dev.tally.worker.ChatWorker;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A service in a process of its own, with a link of its own to each server that it uses. */
public final class LinkedService extends Service {

  /** The kind of a service. */
  public enum Kind {
    GATEWAY("gateway", ChatGateway.class, ServerKind.REDIS, ServerKind.MARIADB),
    WORKER("worker", ChatWorker.class, ServerKind.values()),
    API("api", ChatApi.class, ServerKind.values());

    private final String title;
    private final Class<?> main;

    @SuppressWarnings("ImmutableEnumChecker") // List.of() is immutable.
    private final List<ServerKind> uses;

    Kind(String title, Class<?> main, ServerKind... uses) {
      this.title = title;
      this.main = main;
      this.uses = List.of(uses);
    }

    /** The service's name in messages. */
    public String title() {
      return title;
    }

    /** The servers that the service connects to. */
    public List<ServerKind> uses() {
      return uses;
    }
  }

  /** Flags for a small process that starts fast. Its peak speed does not matter. */
  private static final List<String> FLAGS =
      List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx192m");

  private final Kind kind;
  private final Map<ServerKind, Proxy> links;

  LinkedService(
      Kind kind,
      String name,
      int port,
      Path folder,
      Map<ServerKind, Proxy> links,
      List<String> arguments) {
    super(name, port, folder, java(FLAGS, kind.main, arguments));
    this.kind = kind;
    this.links = links;
  }

  public Kind kind() {
    return kind;
  }

  /**
   * The link of this service to a server. No other service uses it.
   *
   * @throws IllegalArgumentException if the service does not use the server
   */
  public Proxy link(ServerKind server) {
    Proxy link = links.get(server);
    if (link == null) {
      throw new IllegalArgumentException(name() + " does not use " + server.title());
    }
    return link;
  }
}
