package dev.tally.worker.deadletter;

import dev.tally.common.deadletter.DeadLetter.Reason;
import dev.tally.common.deadletter.DeadLetters;
import dev.tally.common.identity.ChatName;
import dev.tally.common.queue.Job;
import dev.tally.worker.deadletter.FreedNumbers.Trace;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Deletes dead letters and their jobs for good. Leaves void rows, so that numbers have no gaps. */
public final class Drop {

  private final DeadLetters letters;
  private final FreedNumbers numbers;
  private final WithdrawnDeletions deletions;
  private final Jobs jobs;

  Drop(DeadLetters letters, FreedNumbers numbers, WithdrawnDeletions deletions, Jobs jobs) {
    this.letters = letters;
    this.numbers = numbers;
    this.deletions = deletions;
    this.jobs = jobs;
  }

  /**
   * Drops the selected dead letters, and tells what it does with each. Keeps a message whose chat
   * may still be persisted: only a chat that has a row can have void rows.
   *
   * @throws org.springframework.dao.DataAccessException if MySQL or Redis does not answer. The call
   *     may be repeated.
   */
  public Result run(Selection selection, Consumer<String> output) {
    FreedNumbers.Run run = numbers.begin(selection);
    Result.Progress progress = new Result.Progress(output);
    // A dropped chat has a row by the time its messages are dropped.
    letters.removeAll(
        entry ->
            selection.has(entry.letter())
                && jobs.of(entry.letter()) instanceof Job.NewChat job
                && dropChat(entry, job, run, progress));
    letters.removeAll(entry -> selection.has(entry.letter()) && dropOther(entry, run, progress));
    return progress.result();
  }

  private boolean dropChat(
      DeadLetters.Entry entry, Job.NewChat job, FreedNumbers.Run run, Result.Progress progress) {
    boolean removed = drop(entry, job, run, progress);
    run.settle(job.chat());
    return removed;
  }

  private boolean dropOther(
      DeadLetters.Entry entry, FreedNumbers.Run run, Result.Progress progress) {
    return switch (jobs.of(entry.letter())) {
      case null -> drop(entry, "its job cannot be decoded, so no row is in its place", progress);
      case Job.NewChat _ -> false;
      case Job.ErasedAuthor job ->
          drop(entry, Jobs.name(job) + ": what the author wrote stays", progress);
      case Job.NewMessage job -> drop(entry, job, run, progress);
      case Job.Change job -> dropChange(entry, job, run, progress);
    };
  }

  /**
   * A chat is opened while the dead letter of its deletion is there: a repeated call finds it. What
   * is superseded was lost with its mark, so that a mark with its number is another deletion's.
   */
  private boolean dropChange(
      DeadLetters.Entry entry, Job.Change job, FreedNumbers.Run run, Result.Progress progress) {
    if (entry.letter().reason() != Reason.SUPERSEDED && deletions.withdraw(job)) {
      progress.tell(entry.letter().id(), Jobs.name(job) + ": the chat takes writes again");
    }
    return drop(entry, job, run, progress);
  }

  private boolean drop(
      DeadLetters.Entry entry, Job job, FreedNumbers.Run run, Result.Progress progress) {
    Trace trace = run.free(job);
    ChatName chat = Jobs.chat(job);
    if (trace == Trace.CHAT_IN_REDIS && chat != null) {
      progress.kept(entry.letter().id(), Jobs.name(job) + ": " + whatToDo(run.letterOf(chat)));
      return false;
    }
    return drop(entry, Jobs.name(job) + ": " + whatIsThere(trace), progress);
  }

  private boolean drop(DeadLetters.Entry entry, String what, Result.Progress progress) {
    boolean removed = letters.drop(entry);
    if (removed) {
      progress.removed();
      progress.tell(entry.letter().id(), "dropped: " + what);
    }
    return removed;
  }

  private static String whatToDo(@Nullable String letterOfChat) {
    return letterOfChat == null
        ? "its chat waits to be persisted; retry the message, or drop it after that"
        : "its chat is the dead letter %s; drop or retry both in one call".formatted(letterOfChat);
  }

  private static String whatIsThere(Trace trace) {
    return switch (trace) {
      case VOID_ROW -> "a void row is in its place";
      case OTHER_WRITE -> "another write has its number";
      case LATER_WRITE -> "a later write gets its number";
      case NO_APP -> "its app does not exist, so no row is in its place";
      case NO_CHAT, CHAT_IN_REDIS -> "its chat does not exist, so no row is in its place";
    };
  }
}
