package dev.tally.worker.command;

import dev.tally.common.deadletter.DeadLetter;
import dev.tally.common.deadletter.DeadLetters;
import dev.tally.worker.deadletter.Drop;
import dev.tally.worker.deadletter.Resubmission;
import dev.tally.worker.deadletter.Result;
import dev.tally.worker.deadletter.Selection;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "dead-letters",
    description =
        "Lists, retries, resubmits or drops dead letters: rejected jobs that wait for an operator.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND")
final class DeadLettersCommand implements Runnable {

  @CommandLine.ParentCommand private @Nullable WorkerCommand parent;
  @CommandLine.Spec private CommandLine.Model.@Nullable CommandSpec spec;

  @Override
  public void run() {
    throw new CommandLine.ParameterException(
        Arguments.given(spec).commandLine(), "give a command: list, retry, resubmit or drop");
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
    DeadLetters letters = deadLetters();
    List<String> wanted = wanted(ids, all);
    long count =
        all
            ? letters.removeAll(letters::retry)
            : wanted.stream()
                .flatMap(id -> letters.find(id).stream())
                .filter(letters::retry)
                .count();
    return done("queued again", count, all || count == wanted.size());
  }

  @Command(
      name = "resubmit",
      description = {
        "Gives the jobs of dead letters new numbers and queues them, for the reasons number-taken"
            + " and superseded.",
        "Prints the old and the new number of each. Messages go to the new number of their chat if"
            + " both are resubmitted in one",
        "call. If the command is interrupted, run it again within a day: nothing is accepted twice."
      },
      mixinStandardHelpOptions = true,
      exitCodeListHeading = "Exit codes:%n",
      exitCodeList = {
        "0:All of them have new numbers.",
        "1:Some are kept, or do not exist; the output says what to do instead.",
        "2:The command failed."
      })
  int resubmit(
      @Parameters(arity = "0..*", paramLabel = "ID", description = "Ids of dead letters.")
          @Nullable List<String> ids,
      @Option(names = "--all", description = "All dead letters.") boolean all) {
    List<String> wanted = wanted(ids, all);
    Result result =
        Arguments.given(parent).bean(Resubmission.class).run(selection(wanted, all), this::print);
    return done("resubmitted", result, wanted);
  }

  @Command(
      name = "drop",
      description = {
        "Deletes dead letters and their jobs for good, and prints what is in the place of each.",
        "A number that no other write has gets a void row: it stays, and what stood there is gone."
      },
      mixinStandardHelpOptions = true,
      exitCodeListHeading = "Exit codes:%n",
      exitCodeList = {
        "0:All of them are dropped.",
        "1:Some are kept, or do not exist; the output says what to do first.",
        "2:The command failed; run it again."
      })
  int drop(
      @Parameters(arity = "0..*", paramLabel = "ID", description = "Ids of dead letters.")
          @Nullable List<String> ids,
      @Option(names = "--all", description = "All dead letters.") boolean all) {
    List<String> wanted = wanted(ids, all);
    Result result =
        Arguments.given(parent).bean(Drop.class).run(selection(wanted, all), this::print);
    return done("dropped", result, wanted);
  }

  private List<String> wanted(@Nullable List<String> ids, boolean all) {
    List<String> wanted = ids == null ? List.of() : ids.stream().distinct().toList();
    if (all != wanted.isEmpty()) {
      throw new CommandLine.ParameterException(line(), "give either ids or --all");
    }
    return wanted;
  }

  private static Selection selection(List<String> wanted, boolean all) {
    return all ? Selection.ALL : Selection.of(wanted);
  }

  private void print(String text) {
    line().getOut().println(text);
  }

  private int done(String what, Result result, List<String> wanted) {
    boolean isComplete = result.kept() == 0 && result.removed() >= wanted.size();
    return done(what, result.removed(), isComplete);
  }

  private int done(String what, long count, boolean isComplete) {
    print("%s: %,d dead letters".formatted(what, count));
    return isComplete ? WorkerCommand.OK : WorkerCommand.WRONG;
  }
}
