package dev.tally.worker.command;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.data.redis.RedisConnectionFailureException;
import org.springframework.jdbc.CannotGetJdbcConnectionException;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The command line of {@code chat-worker}. */
@Command(
    name = "chat-worker",
    description = {
      "Without a command, runs the service until the process is stopped.",
      "With a command, runs it and exits. The same environment variables name the servers as for"
          + " the service."
    },
    mixinStandardHelpOptions = true,
    versionProvider = WorkerCommand.Version.class,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      ReindexCommand.class,
      VerifyCommand.class,
      DeadLettersCommand.class,
      RestoreCommand.class,
      EraseCommand.class
    })
public final class WorkerCommand implements Callable<Integer> {

  /** All is well. */
  static final int OK = 0;

  /** The command did its work and found something wrong. */
  static final int WRONG = 1;

  /** The command line is wrong, or the command failed. */
  static final int UNABLE = 2;

  /** The command found nothing wrong, but could not check everything. */
  static final int INCOMPLETE = 3;

  private final Supplier<ConfigurableApplicationContext> starter;
  private @Nullable ConfigurableApplicationContext context;

  @CommandLine.Spec private CommandLine.Model.@Nullable CommandSpec spec;

  private WorkerCommand(Supplier<ConfigurableApplicationContext> starter) {
    this.starter = starter;
  }

  /**
   * Whether the arguments name a command, unlike options of the service such as {@code
   * --server.port=0}.
   */
  public static boolean isMeantBy(String[] arguments) {
    return arguments.length > 0
        && (!arguments[0].startsWith("--")
            || arguments[0].equals("--help")
            || arguments[0].equals("--version"));
  }

  /**
   * Runs a command.
   *
   * @param starter starts the context of a command; called after the command line is parsed
   * @return the process's exit code
   */
  public static int execute(
      Function<String[], ConfigurableApplicationContext> starter, String... arguments) {
    WorkerCommand command = new WorkerCommand(() -> starter.apply(new String[0]));
    try {
      // A job's text is UTF-8, whatever the terminal's locale says.
      return new CommandLine(command)
          .setOut(new PrintWriter(System.out, true, StandardCharsets.UTF_8))
          .setErr(new PrintWriter(System.err, true, StandardCharsets.UTF_8))
          .setExecutionExceptionHandler(
              (e, line, _) -> {
                line.getErr().println(line.getCommandName() + ": " + reason(e));
                return UNABLE;
              })
          .execute(arguments);
    } finally {
      if (command.context != null) {
        command.context.close();
      }
    }
  }

  private static String reason(Throwable e) {
    Throwable root = e;
    String server = server(e);
    while (root.getCause() != null) {
      root = root.getCause();
      server += server(root);
    }
    String message = root.getMessage();
    return server + (message == null ? root.getClass().getSimpleName() : message);
  }

  /** The root of a failed connection does not say which server it was to. */
  private static String server(Throwable e) {
    return switch (e) {
      case RedisConnectionFailureException _ -> "Redis does not answer: ";
      case CannotGetJdbcConnectionException _ -> "MySQL does not answer: ";
      default -> "";
    };
  }

  /** A bean for a command; the first call starts the context. */
  <T> T bean(Class<T> type) {
    if (context == null) {
      context = starter.get();
    }
    return context.getBean(type);
  }

  @Override
  public Integer call() {
    if (spec != null) {
      spec.commandLine().usage(spec.commandLine().getErr());
    }
    return UNABLE;
  }

  /** The version that the build put in the jar. */
  static final class Version implements CommandLine.IVersionProvider {
    @Override
    public String[] getVersion() {
      String version = WorkerCommand.class.getPackage().getImplementationVersion();
      return new String[] {"chat-worker " + (version == null ? "(not packaged)" : version)};
    }
  }
}
