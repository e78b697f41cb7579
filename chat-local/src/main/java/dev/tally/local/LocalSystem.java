package dev.tally.local;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.filter.ThresholdFilter;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import dev.tally.api.ChatApi;
import dev.tally.gateway.ChatGateway;
import dev.tally.local.replay.TextReplay;
import dev.tally.stack.EmbeddedStack;
import dev.tally.stack.ServerKind;
import dev.tally.stack.StackException;
import dev.tally.stack.StackOptions;
import dev.tally.worker.ChatWorker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.ConfigurableApplicationContext;

/** The running system: the servers, and the three services in this process. */
final class LocalSystem implements AutoCloseable {

  private static final String MANAGEMENT_PORT = "TALLY_MANAGEMENT_PORT";

  private final LocalOptions options;
  private final EmbeddedStack stack;
  private final Map<String, String> addresses;

  /** The service that stops first is at the head: the gateway first, the worker last. */
  private final Deque<ConfigurableApplicationContext> services = new ArrayDeque<>();

  private LocalSystem(LocalOptions options, EmbeddedStack stack) {
    this.options = options;
    this.stack = stack;
    this.addresses = addresses(options, stack);
  }

  /**
   * Starts the servers and services, and returns when all of them answer. If one fails, all are
   * stopped.
   *
   * @param progress reports each server and service
   * @throws StackException if a server does not start
   */
  static LocalSystem start(LocalOptions options, Progress progress) {
    boolean first = !Files.exists(options.data().resolve("logs"));
    progress.say("");
    progress.say(
        first
            ? "Tally is starting for the first time. It creates its databases, which takes longer."
            : "Tally is starting.");
    options.serverPorts().keySet().stream()
        .sorted()
        .forEach(kind -> progress.starting(kind.title()));
    EmbeddedStack stack =
        EmbeddedStack.start(
            new StackOptions(options.data(), options.serverPorts()),
            server -> progress.up(server.kind().title()));
    LocalSystem system = new LocalSystem(options, stack);
    try {
      system.gatherLogs();
      system.startServices(progress);
      printWarnings();
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

  /** Creates the folder of logs, with links to the servers' own logs. */
  private void gatherLogs() {
    try {
      Path logs = Files.createDirectories(options.data().resolve("logs"));
      for (ServerKind kind : options.serverPorts().keySet()) {
        String name = kind.name().toLowerCase(Locale.ROOT);
        Path link = logs.resolve(name + ".log");
        Files.deleteIfExists(link);
        Files.createSymbolicLink(link, Path.of("..", name, "server.log"));
      }
    } catch (IOException e) {
      throw cannotWrite(e);
    }
  }

  private IllegalStateException cannotWrite(IOException e) {
    return new IllegalStateException("could not write to " + options.data(), e);
  }

  private void startServices(Progress progress) {
    start("chat-worker", ChatWorker::start, options.workerPort(), progress);
    start("chat-api", ChatApi::start, options.apiPort(), progress);
    start("chat-gateway", ChatGateway::start, options.gatewayPort(), progress);
  }

  /**
   * Prints warnings from now on. They are not printed while services start: a failure then ends the
   * start, and {@link ChatLocal} reports it in one line.
   */
  private static void printWarnings() {
    if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
      Appender<ILoggingEvent> console =
          context.getLogger(Logger.ROOT_LOGGER_NAME).getAppender("CONSOLE");
      if (console != null) {
        ThresholdFilter warnings = new ThresholdFilter();
        warnings.setLevel("WARN");
        warnings.start();
        console.clearAllFilters();
        console.addFilter(warnings);
      }
    }
  }

  private void start(
      String name,
      Function<String[], ConfigurableApplicationContext> service,
      int port,
      Progress progress) {
    progress.starting(name);
    services.push(service.apply(arguments(port)));
    progress.up(name);
  }

  private String[] arguments(int port) {
    List<String> arguments = new ArrayList<>();
    addresses.forEach((name, value) -> arguments.add("--" + name + "=" + value));
    arguments.add("--server.port=" + port);
    arguments.add("--server.address=127.0.0.1");
    if (options.gatewayPort() != 0 && !options.environment().containsKey("TALLY_GATEWAY_URL")) {
      arguments.add("--TALLY_GATEWAY_URL=http://localhost:" + options.gatewayPort());
    }
    if (port == 0 || options.environment().containsKey(MANAGEMENT_PORT)) {
      // Three services cannot share the port of the variable, whatever it is.
      arguments.add("--" + MANAGEMENT_PORT + "=");
    }
    // Three services run in one process. Each keeps its own meters, and close() stops them in
    // order.
    arguments.add("--management.metrics.use-global-registry=false");
    arguments.add("--spring.main.register-shutdown-hook=false");
    arguments.add("--logging.register-shutdown-hook=false");
    // All three write to one file, because they share one logging system.
    arguments.add("--logging.file.name=" + options.data().resolve("logs/services.log"));
    arguments.add("--logging.threshold.console=OFF");
    arguments.add("--logging.pattern.console=%d{HH:mm:ss} %-5level %logger{0}: %msg%n%nopex");
    arguments.add("--logging.level.root=WARN");
    arguments.add("--logging.level.dev.tally=INFO");
    arguments.add("--logging.level.dev.tally.worker.lease=WARN");
    arguments.add("--spring.main.log-startup-info=false");
    return arguments.toArray(String[]::new);
  }

  /** Writes a script that runs a main class with the addresses of these servers and services. */
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
      throw cannotWrite(e);
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

  /**
   * The text that a user sees when the system is up.
   *
   * @param took the time that the start took
   */
  String welcome(String took) {
    String api = "http://localhost:" + apiPort();
    String gateway = "http://localhost:" + gatewayPort();
    String data = options.data().toString();
    // A chat-api without the console does not list it.
    String console =
        ChatApi.class.getResource("/console/index.html") == null
            ? ""
            : "  console        %s\n".formatted(api);
    // The command names the variable, so that the key does not get into a terminal's history.
    String key =
        options.environment().getOrDefault("TALLY_ADMIN_KEY", "").isEmpty()
            ? ""
            : "-H \"Authorization: Bearer $TALLY_ADMIN_KEY\" ";
    return """

    Tally is running. The start took %s.

    %s  reads, search  %s/apps
      writes         %s/apps/…
      all routes     %s/docs
      commands       %s/chat-worker --help
      logs           %s/logs
      data           %s

    Try it:

      TOKEN=$(curl -s %s-d name=Acme %s/apps | grep -o '[0-9a-f]\\{32\\}')
      curl -X POST %s/apps/$TOKEN/chats
      curl -d 'body=Hello' %s/apps/$TOKEN/chats/1/messages
      sleep 1; curl %s/apps/$TOKEN/chats/1/messages

    Ctrl-C stops everything and keeps the data.
    """
        .formatted(
            took,
            console,
            api,
            gateway,
            api,
            data,
            data,
            options.data().toAbsolutePath().normalize(),
            key,
            api,
            gateway,
            gateway,
            api);
  }

  /** Stops the services, which finish their work, and then the servers. */
  @Override
  public void close() {
    while (!services.isEmpty()) {
      services.pop().close();
    }
    stack.close();
  }
}
