package dev.tally.worker.command;

import dev.tally.worker.restore.Restoration;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;

@Command(
    name = "restore",
    description = {
      "Makes Redis, MySQL and the search index agree after a server was restored from a backup.",
      "Stop gateways and workers before. Numbers that MySQL has lost get void rows, so that nobody gets them again. Requests",
      "that are lost may be repeated with their Idempotency-Key. The search index is built anew.",
      "If the run is interrupted, run it again."
    },
    mixinStandardHelpOptions = true,
    exitCodeListHeading = "Exit codes:%n",
    exitCodeList = {
      "0:The servers agree; verify shows it.",
      "2:A worker runs, or a server does not answer; run it again."
    })
final class RestoreCommand implements Callable<Integer> {

  @CommandLine.ParentCommand private @Nullable WorkerCommand parent;
  @CommandLine.Spec private CommandLine.Model.@Nullable CommandSpec spec;

  @Override
  public Integer call() {
    WorkerCommand worker = Arguments.given(parent);
    CommandLine line = Arguments.given(spec).commandLine();
    ProgressLine progress = new ProgressLine(line.getErr());
    Restoration.Result result =
        worker.bean(Restoration.class).run((at, total) -> progress.show("indexed", at, total));
    progress.end();
    PrintWriter out = line.getOut();
    out.println(
        "MySQL has lost %,d chats, %,d messages and %,d changes; void rows stand in their place"
            .formatted(result.lost().chats(), result.lost().messages(), result.lost().changes()));
    out.println(
        "%,d lost requests may be repeated with their Idempotency-Key"
            .formatted(result.forgotten()));
    out.println(
        "indexed %,d messages; run verify before you start the services"
            .formatted(result.indexed()));
    return WorkerCommand.OK;
  }
}
