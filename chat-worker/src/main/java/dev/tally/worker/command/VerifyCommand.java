package dev.tally.worker.command;

import dev.tally.worker.verify.Report;
import dev.tally.worker.verify.Verification;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "verify",
    description = {
      "Checks that everything persisted is as Tally promises.",
      "Numbers without gaps, counts that are right, nothing that hangs in the air, counters that are not behind, and a",
      "search index that holds just what is persisted.",
      "May run while writes go on. What waits in the queue or in the search outbox is not wrong, only on its way."
    },
    mixinStandardHelpOptions = true,
    exitCodeListHeading = "Exit codes:%n",
    exitCodeList = {
      "0:All is right.",
      "1:Something is wrong, and printed.",
      "2:Could not be checked."
    })
final class VerifyCommand implements Callable<Integer> {

  @CommandLine.ParentCommand private @Nullable WorkerCommand parent;
  @CommandLine.Spec private CommandLine.Model.@Nullable CommandSpec spec;

  @Option(names = "--no-search", description = "Leave out the search index, which takes longest.")
  private boolean withoutSearch;

  @Override
  public Integer call() {
    WorkerCommand worker = Arguments.given(parent);
    CommandLine line = Arguments.given(spec).commandLine();
    ProgressLine progress = new ProgressLine(line.getErr());
    Report report =
        worker
            .bean(Verification.class)
            .run(!withoutSearch, done -> progress.show("checked messages", done, 0));
    progress.end();
    PrintWriter out = line.getOut();
    report.findings().forEach(out::println);
    if (report.wrong() > report.findings().size()) {
      out.println("and %,d more".formatted(report.wrong() - report.findings().size()));
    }
    out.println(
        "%,d apps, %,d chats, %,d messages; %,d jobs queued, %,d dead letters, %,d messages on their way to search"
            .formatted(
                report.apps(),
                report.chats(),
                report.messages(),
                report.queued(),
                report.deadLetters(),
                report.pending()));
    out.println(
        report.wrong() == 0 ? "all is right" : "%,d things are wrong".formatted(report.wrong()));
    return report.wrong() == 0 ? WorkerCommand.OK : WorkerCommand.WRONG;
  }
}
