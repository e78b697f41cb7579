package dev.tally.worker.command;

import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ConfigurableApplicationContext;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** What {@code chat-worker} understands on the command line. */
@Command(
    name = "chat-worker",
    description = {
      "Without a command: drains the queue until it is told to end.",
      "With one: does that, and ends. Servers are named by the same environment variables as for the service."
    },
    mixinStandardHelpOptions = true,
    versionProvider = WorkerCommand.Version.class,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {ReindexCommand.class, VerifyCommand.class, DeadLettersCommand.class})
public final class WorkerCommand implements Callable<Integer> {

  /** All is well. */
  static final int OK = 0;

  /** The command did its work and found something wrong. */
  static final int WRONG = 1;

  /** The command could not be understood or could not do its work. */
  static final int UNABLE = 2;

  private final Supplier<ConfigurableApplicationContext> starter;
  private @Nullable ConfigurableApplicationContext context;

  @CommandLine.Spec private CommandLine.Model.@Nullable CommandSpec spec;

  private WorkerCommand(Supplier<ConfigurableApplicationContext> starter) {
    this.starter = starter;
  }

  /**
   * Whether the arguments are a command's, and not options of the service such as {@code
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
   * @param starter starts what commands work with; only asked if the command line is understood
   * @return the process's exit code
   */
  public static int execute(
      Function<String[], ConfigurableApplicationContext> starter, String... arguments) {
    WorkerCommand command = new WorkerCommand(() -> starter.apply(new String[0]));
    try {
      return new CommandLine(command)
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
    while (root.getCause() != null) {
      root = root.getCause();
    }
    String message = root.getMessage();
    return message == null ? root.getClass().getSimpleName() : message;
  }

  /** What a command works with. */
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
