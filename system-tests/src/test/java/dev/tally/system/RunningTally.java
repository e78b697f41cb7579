package dev.tally.system;

import dev.tally.api.ChatApi;
import dev.tally.gateway.ChatGateway;
import dev.tally.stack.Ports;
import dev.tally.testkit.ClassArchive;
import dev.tally.testkit.Service;
import dev.tally.testkit.TestServers;
import dev.tally.worker.ChatWorker;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * The three services on test servers. All test classes of a JVM share them, so each test creates
 * its own apps.
 */
public final class RunningTally implements AutoCloseable {

  /** A process of a test starts fast. Its peak speed does not matter. */
  private static final List<String> SMALL =
      List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx512m");

  private static @Nullable RunningTally shared;

  /** What all commands share; made by the first. */
  private static final class Commands {
    static final List<String> FLAGS = ClassArchive.flags(SMALL, ChatWorker.class);
  }

  private final TestServers servers;
  private final List<String> settings;
  private ConfigurableApplicationContext worker;
  private final ConfigurableApplicationContext api;
  private final ConfigurableApplicationContext gateway;

  private RunningTally(TestServers servers, List<String> settings) {
    this.servers = servers;
    this.settings = settings;
    worker = ChatWorker.start(arguments());
    api = ChatApi.start(arguments());
    gateway = ChatGateway.start(arguments());
  }

  /**
   * Starts three more services on the same servers, with these settings as {@code --name=value}.
   */
  public RunningTally another(String... otherSettings) {
    return new RunningTally(servers, List.of(otherSettings));
  }

  /**
   * Starts three more services that share nothing with these: they have another Redis, which the
   * settings name, a database of MySQL of their own, and no Elasticsearch.
   */
  public RunningTally apart(String database, String... otherSettings) {
    List<String> settings = new ArrayList<>(List.of(otherSettings));
    // The search index belongs to one MySQL, and the recorded positions to one Redis.
    settings.add("--TALLY_ELASTICSEARCH_URL=http://127.0.0.1:1");
    return new RunningTally(servers.withDatabase(database), settings);
  }

  @Override
  public void close() {
    gateway.close();
    api.close();
    worker.close();
  }

  public static synchronized RunningTally shared() {
    if (shared == null) {
      RunningTally started = new RunningTally(TestServers.wiped(), List.of());
      Runtime.getRuntime().addShutdownHook(new Thread(started::close));
      shared = started;
    }
    return shared;
  }

  private String[] arguments(String... more) {
    List<String> arguments = new ArrayList<>(servers.arguments());
    arguments.add("--server.port=0");
    arguments.add("--server.address=127.0.0.1");
    arguments.add("--management.metrics.use-global-registry=false");
    arguments.add("--spring.main.register-shutdown-hook=false");
    arguments.add("--logging.level.root=WARN");
    // Other workers soon replace a killed worker.
    arguments.add("--tally.worker.lease.duration=2s");
    arguments.addAll(settings);
    arguments.addAll(List.of(more));
    // Of two arguments with the same name, the later one wins.
    Map<String, String> byName = new LinkedHashMap<>();
    arguments.forEach(
        argument -> byName.put(argument.substring(0, argument.indexOf('=')), argument));
    return byName.values().toArray(String[]::new);
  }

  public TestServers servers() {
    return servers;
  }

  public String api() {
    return url(api);
  }

  public String gateway() {
    return url(gateway);
  }

  public String worker() {
    return url(worker);
  }

  /** Starts another API on the same servers. The caller closes it. */
  public ConfigurableApplicationContext startApi(String... more) {
    return ChatApi.start(arguments(more));
  }

  /** Starts another gateway on the same servers. The caller closes it. */
  public ConfigurableApplicationContext startGateway(String... more) {
    return ChatGateway.start(arguments(more));
  }

  public static String url(ConfigurableApplicationContext service) {
    return url(service, "local.server.port");
  }

  /** The URL of the actuator if it has a port of its own. */
  public static String managementUrl(ConfigurableApplicationContext service) {
    return url(service, "local.management.port");
  }

  private static String url(ConfigurableApplicationContext service, String port) {
    return "http://127.0.0.1:" + service.getEnvironment().getRequiredProperty(port);
  }

  public void stopWorker() {
    worker.close();
  }

  public void startWorker() {
    worker = ChatWorker.start(arguments());
  }

  /** A worker in a process of its own, which a test may kill. The caller starts it. */
  public Service workerProcess(Path folder) {
    int port = Ports.choose(Set.of());
    List<String> arguments = List.of(arguments("--server.port=" + port));
    return new Service("worker", port, folder, Service.java(SMALL, ChatWorker.class, arguments));
  }

  /**
   * Runs an operator command with the services' environment variables in a process of its own, and
   * returns its exit code and output.
   */
  public CommandResult command(String... arguments) throws IOException, InterruptedException {
    return commandOn("", arguments);
  }

  /** Does the same, with this text as standard input. */
  public CommandResult commandOn(String input, String... arguments)
      throws IOException, InterruptedException {
    return command(input, Map.of(), arguments);
  }

  /** Does the same, with these environment variables in place of the servers' own. */
  public CommandResult commandWith(Map<String, String> variables, String... arguments)
      throws IOException, InterruptedException {
    return command("", variables, arguments);
  }

  private CommandResult command(String input, Map<String, String> variables, String... arguments)
      throws IOException, InterruptedException {
    List<String> command = Service.java(Commands.FLAGS, ChatWorker.class, List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    Stream.concat(servers.arguments().stream(), settings.stream())
        .filter(argument -> argument.startsWith("--TALLY_"))
        .map(argument -> argument.substring(2).split("=", 2))
        .forEach(pair -> builder.environment().put(pair[0], pair[1]));
    builder.environment().putAll(variables);
    Process process = builder.start();
    try (OutputStream in = process.getOutputStream()) {
      in.write(input.getBytes(StandardCharsets.UTF_8));
    }
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new CommandResult(process.waitFor(), output);
  }

  public record CommandResult(int exitCode, String output) {}
}
