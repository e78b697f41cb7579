package dev.tally.local;

import dev.tally.api.ChatApi;
import dev.tally.gateway.ChatGateway;
import dev.tally.local.replay.TextReplay;
import dev.tally.stack.EmbeddedStack;
import dev.tally.stack.ServerKind;
import dev.tally.stack.StackException;
import dev.tally.stack.StackOptions;
import dev.tally.worker.ChatWorker;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.springframework.context.ConfigurableApplicationContext;

/** The running system. */
final class LocalSystem implements AutoCloseable {

  private final LocalOptions options;
  private final EmbeddedStack stack;
  private final Map<String, String> addresses;

  /** Stopped from its head: first what takes writes, last what persists them. */
  private final Deque<ConfigurableApplicationContext> services = new ArrayDeque<>();

  private LocalSystem(LocalOptions options, EmbeddedStack stack) {
    this.options = options;
    this.stack = stack;
    this.addresses = addresses(options, stack);
  }

  /**
   * Starts everything, and returns when it can be used. If a part fails, nothing is left running.
   *
   * @throws StackException if a server does not start or a port is taken
   */
  static LocalSystem start(LocalOptions options) {
    requireFree("TALLY_API_PORT", "chat-api", options.apiPort());
    requireFree("TALLY_GATEWAY_PORT", "chat-gateway", options.gatewayPort());
    requireFree("TALLY_WORKER_PORT", "chat-worker", options.workerPort());
    EmbeddedStack stack =
        EmbeddedStack.start(new StackOptions(options.data(), options.serverPorts()));
    LocalSystem system = new LocalSystem(options, stack);
    try {
      system.startServices();
      system.writeLauncher("chat-worker", ChatWorker.class);
      system.writeLauncher("replay-text", TextReplay.class);
    } catch (RuntimeException e) {
      system.close();
      throw e;
    }
    return system;
  }

  private static Map<String, String> addresses(LocalOptions options, EmbeddedStack stack) {
    Map<String, String> addresses = new LinkedHashMap<>();
    if (options.serverPorts().containsKey(ServerKind.MARIADB)) {
      addresses.put("TALLY_MYSQL_URL", stack.mariaDb().url());
      addresses.put("TALLY_MYSQL_USER", "root");
      addresses.put("TALLY_MYSQL_PASSWORD", "");
    }
    if (options.serverPorts().containsKey(ServerKind.REDIS)) {
      addresses.put("TALLY_REDIS_URL", stack.redis().url());
    }
    if (options.serverPorts().containsKey(ServerKind.ELASTICSEARCH)) {
      addresses.put("TALLY_ELASTICSEARCH_URL", stack.elasticsearch().url());
    }
    return addresses;
  }

  private void startServices() {
    services.push(ChatWorker.start(arguments(options.workerPort())));
    services.push(ChatApi.start(arguments(options.apiPort())));
    services.push(ChatGateway.start(arguments(options.gatewayPort())));
  }

  private String[] arguments(int port) {
    List<String> arguments = new ArrayList<>();
    addresses.forEach((name, value) -> arguments.add("--" + name + "=" + value));
    arguments.add("--server.port=" + port);
    arguments.add("--server.address=127.0.0.1");
    // the actuator stays on each service's port: they cannot share one
    arguments.add("--management.server.port=");
    // three services in one process: each keeps its meters to itself, and they are stopped in order
    arguments.add("--management.metrics.use-global-registry=false");
    arguments.add("--spring.main.register-shutdown-hook=false");
    arguments.add("--logging.register-shutdown-hook=false");
    arguments.add("--logging.level.root=WARN");
    arguments.add("--logging.level.dev.tally=INFO");
    arguments.add("--logging.level.dev.tally.worker.lease=WARN");
    arguments.add("--spring.main.log-startup-info=false");
    return arguments.toArray(String[]::new);
  }

  /** A script that runs a main class beside this system, pointed at its servers and services. */
  private void writeLauncher(String name, Class<?> main) {
    StringBuilder script = new StringBuilder("#!/bin/sh\n# Written at every start.\n");
    Map<String, String> environment = new LinkedHashMap<>(addresses);
    environment.put("TALLY_API", "http://localhost:" + apiPort());
    environment.put("TALLY_GATEWAY", "http://localhost:" + gatewayPort());
    environment.forEach(
        (variable, value) -> script.append("export %s=%s\n".formatted(variable, quoted(value))));
    script.append(
        "exec %s -cp %s %s \"$@\"\n"
            .formatted(
                quoted(Path.of(System.getProperty("java.home"), "bin", "java").toString()),
                quoted(System.getProperty("java.class.path")),
                main.getName()));
    try {
      Path file = options.data().resolve(name);
      Files.writeString(file, script);
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
    } catch (IOException e) {
      throw new IllegalStateException("could not write to " + options.data(), e);
    }
  }

  private static String quoted(String text) {
    return "'" + text.replace("'", "'\\''") + "'";
  }

  int apiPort() {
    return port(1);
  }

  int gatewayPort() {
    return port(0);
  }

  private int port(int position) {
    ConfigurableApplicationContext service = List.copyOf(services).get(position);
    return service.getEnvironment().getRequiredProperty("local.server.port", Integer.class);
  }

  /** What to tell who has just started it. */
  String welcome() {
    return """

    Tally is running.

      chat-api      http://localhost:%1$d
      chat-gateway  http://localhost:%2$d
      commands      %3$s --help
      data          %4$s

    Try it:

      curl -d name=Acme http://localhost:%1$d/apps

    Ctrl-C stops everything.
    """
        .formatted(
            apiPort(),
            gatewayPort(),
            options.data().resolve("chat-worker"),
            options.data().toAbsolutePath().normalize());
  }

  /** Stops the services, then the servers. What is under way is finished first. */
  @Override
  public void close() {
    while (!services.isEmpty()) {
      services.pop().close();
    }
    stack.close();
  }

  private static void requireFree(String variable, String service, int port) {
    if (port == 0) {
      return;
    }
    try (ServerSocket socket = new ServerSocket()) {
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    } catch (IOException e) {
      throw new IllegalArgumentException(
          "port %d, which %s is to listen on, is taken. Stop what holds it, or set %s to another one."
              .formatted(port, service, variable),
          e);
    }
  }
}
