package dev.tally.worker.command;

import dev.tally.common.accept.counter.Parent;
import dev.tally.common.identity.AppToken;
import dev.tally.common.identity.ChatName;
import dev.tally.common.partition.PartitionKeys;
import dev.tally.common.partition.RedisLayout;
import dev.tally.worker.erase.Erasures;
import dev.tally.worker.numbers.DeletedParents;
import java.io.PrintWriter;
import java.time.LocalDateTime;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.springframework.data.redis.core.HashOperations;
import org.springframework.data.redis.core.StringRedisTemplate;
import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "erase",
    description = {
      "Deletes what one author wrote in an app, or waits until a deleted chat or app is erased.",
      "The running workers do the work, also if this command is interrupted: then run it again to"
          + " wait for them.",
      "Messages that the author writes meanwhile stay. A chat or an app must have been deleted"
          + " before, over HTTP."
    },
    mixinStandardHelpOptions = true,
    exitCodeListHeading = "Exit codes:%n",
    exitCodeList = {
      "0:The chat or the app is erased; or the deletion of each message is queued.",
      "1:The chat or the app is not deleted, or does not exist; nothing is erased.",
      "2:The command failed."
    })
final class EraseCommand implements Callable<Integer> {

  private static final long POLL_MILLIS = 1_000;

  @CommandLine.ParentCommand private @Nullable WorkerCommand parent;
  @CommandLine.Spec private CommandLine.Model.@Nullable CommandSpec spec;

  @Option(names = "--app", required = true, paramLabel = "TOKEN", description = "The app.")
  private @Nullable String app;

  @ArgGroup private @Nullable Part part;

  /** A part of the app; the whole app without it. */
  static final class Part {
    @Option(
        names = "--chat",
        paramLabel = "NUMBER",
        description = "Wait for the erasure of this deleted chat.")
    private long chat;

    @Option(
        names = "--author",
        paramLabel = "NAME",
        description = "Delete what this author has written, exactly as messages say the name.")
    private @Nullable String author;
  }

  @Override
  public Integer call() throws InterruptedException {
    CommandLine line = Arguments.given(spec).commandLine();
    WorkerCommand worker = Arguments.given(parent);
    AppToken token =
        AppToken.parse(Arguments.given(app))
            .orElseThrow(
                () -> new CommandLine.ParameterException(line, "--app is no token of an app"));
    String author = part == null || part.author == null ? "" : part.author;
    long chat = part == null ? 0 : part.chat;
    if (part != null && author.isEmpty() && chat < 1) {
      throw new CommandLine.ParameterException(line, "give the number of a chat, or an author");
    }
    PrintWriter out = line.getOut();
    Erasures erasures = worker.bean(Erasures.class);
    if (!author.isEmpty()) {
      LocalDateTime until = erasures.now();
      awaitQueue(worker, token);
      if (!erasures.request(token, author, until)) {
        out.println("no app has this token, or it is deleted");
        return WorkerCommand.WRONG;
      }
    } else if (!isDeleted(worker.bean(DeletedParents.class), token, chat)) {
      out.println(
          "%s is not deleted: delete it over HTTP first"
              .formatted(chat == 0 ? "the app" : "chat " + chat));
      return WorkerCommand.WRONG;
    }
    await(erasures, token, chat, author, line.getErr());
    out.println(
        author.isEmpty()
            ? "erased; verify shows that nothing is left"
            : "the deletion of each message of this author is queued");
    return WorkerCommand.OK;
  }

  /** Waits until all that was accepted before is persisted. */
  private static void awaitQueue(WorkerCommand worker, AppToken app) throws InterruptedException {
    HashOperations<String, String, String> hashes =
        worker.bean(StringRedisTemplate.class).opsForHash();
    String state = worker.bean(RedisLayout.class).partitions().of(app).state();
    long accepted = number(hashes.get(state, PartitionKeys.POSITION));
    while (number(hashes.get(state, PartitionKeys.ACKNOWLEDGED)) < accepted) {
      Thread.sleep(POLL_MILLIS);
    }
  }

  private static long number(@Nullable String text) {
    return text == null ? 0 : Long.parseLong(text);
  }

  private static boolean isDeleted(DeletedParents deleted, AppToken app, long chat) {
    return chat == 0 ? deleted.has(new Parent.App(app)) : deleted.has(new ChatName(app, chat));
  }

  private static void await(
      Erasures erasures, AppToken app, long chat, String author, PrintWriter progress)
      throws InterruptedException {
    String told = "";
    while (true) {
      Optional<String> now = erasures.progress(app, chat, author);
      if (now.isEmpty()) {
        return;
      }
      if (!now.get().equals(told)) {
        told = now.get();
        progress.println(told);
      }
      Thread.sleep(POLL_MILLIS);
    }
  }
}
