package dev.tally.stack;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A JVM that runs a stack. Tests end it in ways that their own JVM would not survive. */
final class StackProcess implements AutoCloseable {

  private final Process process;
  private final String answer;

  private StackProcess(Process process, String answer) {
    this.process = process;
    this.answer = answer;
  }

  /**
   * Starts the JVM in its own process group, like a shell's foreground command, and returns when
   * its stack is up or has failed.
   */
  static StackProcess start(Path data, Map<ServerKind, Integer> ports) throws IOException {
    return start(data, ports, Map.of());
  }

  /** The same, with more variables in the JVM's environment. */
  static StackProcess start(
      Path data, Map<ServerKind, Integer> ports, Map<String, String> environment)
      throws IOException {
    List<String> command = new ArrayList<>(List.of("setsid", "env", "--default-signal=INT"));
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx128m", "-XX:TieredStopAtLevel=1", "-cp"));
    command.add(System.getProperty("java.class.path"));
    command.addAll(List.of(StackProcess.class.getName(), data.toString()));
    ports.forEach((kind, port) -> command.add(kind + "=" + port));
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
    builder.environment().putAll(environment);
    Process process = builder.start();
    BufferedReader reader = process.inputReader(StandardCharsets.UTF_8);
    return new StackProcess(process, String.valueOf(reader.readLine()));
  }

  /** {@code up}, or the message of the exception that ended the start. */
  String answer() {
    return answer;
  }

  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  /** Sends SIGINT to all processes of the group, as a Ctrl-C in a terminal does. */
  void interruptGroup() throws IOException, InterruptedException {
    new ProcessBuilder("kill", "-INT", "--", "-" + process.pid()).inheritIO().start().waitFor();
    if (!process.waitFor(1, TimeUnit.MINUTES)) {
      throw new IllegalStateException("the process does not end after SIGINT");
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }

  /** Runs until killed. On a signal, writes to Redis once more, and then stops the stack. */
  public static void main(String[] args) throws InterruptedException {
    Map<ServerKind, Integer> ports =
        Stream.of(args)
            .skip(1)
            .map(arg -> arg.split("=", 2))
            .collect(Collectors.toMap(p -> ServerKind.valueOf(p[0]), p -> Integer.valueOf(p[1])));
    EmbeddedStack stack;
    try {
      stack = EmbeddedStack.start(new StackOptions(Path.of(args[0]), ports));
    } catch (StackException e) {
      System.out.println(e.getMessage());
      return;
    }
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  try (stack) {
                    if (ports.containsKey(ServerKind.REDIS)) {
                      Client.write(stack.redis(), "drained");
                    }
                  } catch (Exception e) {
                    System.err.println(e);
                  }
                }));
    System.out.println("up");
    Thread.sleep(Long.MAX_VALUE);
  }
}
