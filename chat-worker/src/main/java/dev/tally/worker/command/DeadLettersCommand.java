package dev.tally.worker.command;

import dev.tally.common.deadletter.DeadLetter;
import dev.tally.worker.deadletter.DeadLetters;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "dead-letters",
    description = "Lists, retries or drops dead letters: rejected jobs that wait for an operator.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND")
final class DeadLettersCommand implements Runnable {

  @CommandLine.ParentCommand private @Nullable WorkerCommand parent;
  @CommandLine.Spec private CommandLine.Model.@Nullable CommandSpec spec;

  @Override
  public void run() {
    throw new CommandLine.ParameterException(
        Arguments.given(spec).commandLine(), "give a command: list, retry or drop");
  }

  private CommandLine line() {
    return Arguments.given(spec).commandLine();
  }

  private DeadLetters deadLetters() {
    return Arguments.given(parent).bean(DeadLetters.class);
  }

  @Command(
      name = "list",
      description = "Prints dead letters, oldest first in each partition: id, time, reason.",
      mixinStandardHelpOptions = true)
  int list(
      @Option(
              names = "--limit",
              defaultValue = "100",
              description = "Print at most this many (default: ${DEFAULT-VALUE}).")
          int limit,
      @Option(
              names = "--jobs",
              description = "Print the jobs, too. They contain the texts of messages.")
          boolean jobs) {
    PrintWriter out = line().getOut();
    List<DeadLetters.Entry> found = deadLetters().list(limit);
    for (DeadLetters.Entry entry : found) {
      DeadLetter letter = entry.letter();
      out.println(letter.id() + "  " + letter.at() + "  " + letter.reason().slug());
      if (jobs) {
        out.println("  " + new String(letter.job(), StandardCharsets.UTF_8));
      }
    }
    if (found.isEmpty()) {
      out.println("no dead letters");
    }
    return WorkerCommand.OK;
  }

  @Command(
      name = "retry",
      description = {
        "Queues the jobs of dead letters again, before all others and in their order.",
        "A job that still cannot be persisted becomes a dead letter again."
      },
      mixinStandardHelpOptions = true)
  int retry(
      @Parameters(arity = "0..*", paramLabel = "ID", description = "Ids of dead letters.")
          @Nullable List<String> ids,
      @Option(names = "--all", description = "All dead letters.") boolean all) {
    return forEach(ids, all, "queued again", DeadLetters::retry);
  }

  @Command(
      name = "drop",
      description = {
        "Deletes dead letters and their jobs for good.",
        "The numbers of their jobs stay unused, and verify reports them as gaps."
      },
      mixinStandardHelpOptions = true)
  int drop(
      @Parameters(arity = "0..*", paramLabel = "ID", description = "Ids of dead letters.")
          @Nullable List<String> ids,
      @Option(names = "--all", description = "All dead letters.") boolean all) {
    return forEach(ids, all, "dropped", DeadLetters::drop);
  }

  private int forEach(
      @Nullable List<String> ids,
      boolean all,
      String done,
      BiPredicate<DeadLetters, DeadLetters.Entry> action) {
    List<String> wanted = ids == null ? List.of() : ids;
    if (all != wanted.isEmpty()) {
      throw new CommandLine.ParameterException(line(), "give either ids or --all");
    }
    DeadLetters letters = deadLetters();
    long count =
        all
            ? letters.removeAll(entry -> action.test(letters, entry))
            : wanted.stream()
                .flatMap(id -> letters.find(id).stream())
                .filter(entry -> action.test(letters, entry))
                .count();
    line().getOut().println("%s: %,d dead letters".formatted(done, count));
    return all || count == wanted.size() ? WorkerCommand.OK : WorkerCommand.WRONG;
  }
}
