package dev.tally.worker.command;

import dev.tally.common.log.LoggedFault;
import dev.tally.worker.verify.AcceptedCheck;
import dev.tally.worker.verify.AcceptedReport;
import dev.tally.worker.verify.Report;
import dev.tally.worker.verify.Verification;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "verify",
    description = {
      "Checks that all data is as Tally promises: each accepted number is in a row, a job or a dead"
          + " letter, counts are right,",
      "no rows are orphaned, no counter is too low, and the search index holds exactly the"
          + " persisted messages.",
      "May run while writes go on. Jobs in the queue and messages in the search outbox are not"
          + " wrong, only on their way.",
      "",
      "With --accepted, also looks for writes that clients got a 201 or a 200 for, and prints each"
          + " that is not persisted. A write that",
      "Redis has lost with its number leaves no other trace. The file has one JSON object a line,"
          + " for a chat, a message or a change:",
      "  {\"app\":\"<token>\",\"chat\":1}",
      "  {\"app\":\"<token>\",\"chat\":1,\"message\":7}",
      "  {\"app\":\"<token>\",\"chat\":1,\"change\":17}",
      "A message may have \"sha256\", the SHA-256 of its body's UTF-8 bytes in hexadecimal digits."
          + " Then its body is checked, unless the message has been changed."
    },
    mixinStandardHelpOptions = true,
    exitCodeListHeading = "Exit codes:%n",
    exitCodeList = {
      "0:All is right.",
      "1:Something is wrong; the output says what.",
      "2:The check failed.",
      "3:Nothing wrong was found, but something could not be checked; the output says what."
    })
final class VerifyCommand implements Callable<Integer> {

  @CommandLine.ParentCommand private @Nullable WorkerCommand parent;
  @CommandLine.Spec private CommandLine.Model.@Nullable CommandSpec spec;

  @Option(names = "--no-search", description = "Skip the search index, which takes longest.")
  private boolean withoutSearch;

  @Option(
      names = "--accepted",
      paramLabel = "FILE",
      description = "A file of writes that clients got a 201 for; - for standard input.")
  private @Nullable String accepted;

  @Override
  public Integer call() throws IOException {
    WorkerCommand worker = Arguments.given(parent);
    CommandLine line = Arguments.given(spec).commandLine();
    boolean kept = accepted == null || checkAccepted(worker, line, accepted);
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
    DataAccessException searchFault = report.searchFault();
    if (searchFault != null) {
      out.println(
          "the search index could not be checked (%s): run verify again when Elasticsearch answers"
              .formatted(LoggedFault.line(searchFault)));
    }
    report.unchecked().forEach(what -> out.println("could not be checked: " + what));
    if (report.wrong() > 0) {
      out.println("%,d things are wrong".formatted(report.wrong()));
    } else {
      out.println(report.isComplete() ? "all is right" : "all else is right");
    }
    if (report.wrong() > 0 || !kept) {
      return WorkerCommand.WRONG;
    }
    return report.isComplete() ? WorkerCommand.OK : WorkerCommand.INCOMPLETE;
  }

  /** Whether each listed write is persisted or on its way. */
  private static boolean checkAccepted(WorkerCommand worker, CommandLine line, String file)
      throws IOException {
    PrintWriter out = line.getOut();
    ProgressLine progress = new ProgressLine(line.getErr());
    AcceptedReport report;
    try (InputStream lines = open(line, file)) {
      report =
          worker
              .bean(AcceptedCheck.class)
              .run(
                  lines,
                  out::println,
                  done -> progress.show("looked for accepted writes", done, 0));
    }
    progress.end();
    out.println(
        "%,d accepted writes: %,d persisted, %,d on their way, %,d wrong"
            .formatted(report.listed(), report.persisted(), report.onTheirWay(), report.wrong()));
    return report.wrong() == 0;
  }

  private static InputStream open(CommandLine line, String file) {
    if (file.equals("-")) {
      return System.in;
    }
    try {
      return Files.newInputStream(Path.of(file));
    } catch (IOException e) {
      throw new CommandLine.ParameterException(line, file + " cannot be read", e);
    }
  }
}
