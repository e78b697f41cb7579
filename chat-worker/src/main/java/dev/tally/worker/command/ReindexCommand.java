package dev.tally.worker.command;

import dev.tally.worker.index.lifecycle.Reindex;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;

@Command(
    name = "reindex",
    description = {
      "Builds a new search index from MySQL beside the old one and swaps them.",
      "Writes and searches go on. If the run is interrupted, the old index stays, and the next run starts from the beginning."
    },
    mixinStandardHelpOptions = true,
    exitCodeListHeading = "Exit codes:%n",
    exitCodeList = {
      "0:The new index answers searches.",
      "2:The reindex failed; the old index stays."
    })
final class ReindexCommand implements Callable<Integer> {

  @CommandLine.ParentCommand private @Nullable WorkerCommand parent;
  @CommandLine.Spec private CommandLine.Model.@Nullable CommandSpec spec;

  @Override
  public Integer call() {
    WorkerCommand worker = Arguments.given(parent);
    CommandLine line = Arguments.given(spec).commandLine();
    ProgressLine progress = new ProgressLine(line.getErr());
    long done = worker.bean(Reindex.class).run((at, total) -> progress.show("indexed", at, total));
    progress.end();
    line.getOut().println("indexed %,d messages; the new index answers searches".formatted(done));
    return WorkerCommand.OK;
  }
}
