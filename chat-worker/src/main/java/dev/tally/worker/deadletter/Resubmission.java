package dev.tally.worker.deadletter;

import dev.tally.common.accept.Acceptance;
import dev.tally.common.accept.IdempotencyKey;
import dev.tally.common.accept.JobQueue;
import dev.tally.common.accept.counter.Parent;
import dev.tally.common.deadletter.DeadLetter;
import dev.tally.common.deadletter.DeadLetter.Reason;
import dev.tally.common.deadletter.DeadLetters;
import dev.tally.common.identity.ChatName;
import dev.tally.common.identity.MessageName;
import dev.tally.common.identity.NumberRange;
import dev.tally.common.queue.Job;
import dev.tally.common.web.problem.ProblemException;
import dev.tally.worker.deadletter.FreedNumbers.Trace;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Accepts the jobs of dead letters again under new numbers, because their own ones belong to other
 * writes.
 *
 * <p>An idempotency record, named by the dead letter, makes a repeated call get the same number. So
 * nothing is accepted twice if the process ends before the dead letter is removed. The dead letters
 * of chats go last: until then, a repeated call knows the new numbers of the chats, which their
 * messages follow.
 */
public final class Resubmission {

  /** Clients' keys have no spaces, so none is like this. */
  private static final String KEY = "dead-letter ";

  /** What a message answers was checked when it was accepted first. */
  private static final long ANSWERED = 0;

  private final DeadLetters letters;
  private final FreedNumbers numbers;
  private final JobQueue queue;
  private final Jobs jobs;

  Resubmission(DeadLetters letters, FreedNumbers numbers, JobQueue queue, Jobs jobs) {
    this.letters = letters;
    this.numbers = numbers;
    this.queue = queue;
    this.jobs = jobs;
  }

  /**
   * Accepts the jobs of the selected dead letters that are {@code number-taken} or {@code
   * superseded}, and tells the old and the new number of each. Messages go to the new number of
   * their chat if that is accepted in the same call. Other dead letters stay.
   *
   * @throws org.springframework.dao.DataAccessException if MySQL or Redis does not answer, or too
   *     few replicas of Redis have confirmed a job. The call may be repeated within the life of
   *     idempotency keys, and accepts nothing twice.
   */
  public Result run(Selection selection, Consumer<String> output) {
    Work work = new Work(selection, new Result.Progress(output));
    letters.forEach(work::acceptChat);
    letters.removeAll(work::acceptOther);
    letters.removeAll(work::removeChat);
    return work.progress.result();
  }

  /**
   * A chat that has a new number.
   *
   * @param letter the id of its dead letter
   */
  private record MovedChat(Parent.Chat chat, String letter) {}

  /** The work of one call. */
  private final class Work {

    private final Selection selection;
    private final Result.Progress progress;
    private final FreedNumbers.Run run;

    /** The chats that have new numbers, by the old one and the time when they were accepted. */
    private final Map<ChatName, NavigableMap<Instant, MovedChat>> moved = new HashMap<>();

    /** The ids of their dead letters. */
    private final Set<String> accepted = new HashSet<>();

    /** Those of them whose messages are not all accepted. */
    private final Set<String> unfinished = new HashSet<>();

    Work(Selection selection, Result.Progress progress) {
      this.selection = selection;
      this.progress = progress;
      this.run = numbers.begin(selection);
    }

    void acceptChat(DeadLetters.Entry entry) {
      DeadLetter letter = entry.letter();
      if (selection.has(letter)
          && hasOtherOwner(letter)
          && jobs.of(letter) instanceof Job.NewChat job) {
        if (run.leavesMessagesOf(job.chat())) {
          progress.kept(
              letter.id(),
              Jobs.name(job) + ": messages of it are dead letters; resubmit all in one call");
          return;
        }
        Trace trace = run.free(job);
        OptionalLong number = accept(letter, job, new Parent.App(job.app()), jobs.open(job));
        if (number.isPresent()) {
          ChatName chat = new ChatName(job.app(), number.getAsLong());
          run.gave(chat);
          moved
              .computeIfAbsent(job.chat(), _ -> new TreeMap<>())
              .put(job.acceptedAt(), new MovedChat(new Parent.Chat(chat), letter.id()));
          accepted.add(letter.id());
          run.settle(job.chat());
          progress.tell(
              letter.id(), "%s → chat %d%s".formatted(Jobs.name(job), chat.number(), old(trace)));
        }
      }
    }

    /** Accepts a message, and returns whether its dead letter is removed. */
    boolean acceptOther(DeadLetters.Entry entry) {
      DeadLetter letter = entry.letter();
      if (!selection.has(letter) || accepted.contains(letter.id())) {
        return false;
      }
      if (jobs.of(letter) instanceof Job.NewMessage job) {
        MovedChat follows = follows(job);
        boolean isFollowing = follows != null && mayFollow(letter.reason());
        if (isFollowing || hasOtherOwner(letter)) {
          boolean removed = acceptMessage(entry, job, follows == null ? null : follows.chat());
          if (!removed && follows != null) {
            unfinished.add(follows.letter());
          }
          return removed;
        }
      }
      if (hasOtherOwner(letter) && jobs.of(letter) instanceof Job.Change job) {
        progress.kept(
            letter.id(),
            Jobs.name(job)
                + ": what it changes may say something else by now; drop it, and send it again");
        return false;
      }
      // A chat that was to be accepted has told why it was not.
      if (!hasOtherOwner(letter) || jobs.of(letter) == null) {
        progress.kept(letter.id(), whatToDo(letter.reason()));
      }
      return false;
    }

    private boolean acceptMessage(
        DeadLetters.Entry entry, Job.NewMessage job, Parent.@Nullable Chat follows) {
      DeadLetter letter = entry.letter();
      ChatName old = job.message().chat();
      String letterOfChat = run.letterOf(old);
      if (follows == null && letterOfChat != null) {
        progress.kept(
            letter.id(),
            "%s: its chat is the dead letter %s; resubmit both in one call"
                .formatted(Jobs.name(job), letterOfChat));
        return false;
      }
      Trace trace = run.free(job);
      if (follows == null && trace == Trace.CHAT_IN_REDIS) {
        progress.kept(
            letter.id(),
            Jobs.name(job) + ": a chat with its number waits to be persisted; run this again then");
        return false;
      }
      if (follows == null && trace == Trace.NO_CHAT) {
        progress.kept(letter.id(), Jobs.name(job) + ": " + whatToDo(Reason.CHAT_MISSING));
        return false;
      }
      Parent.Chat chat = follows == null ? new Parent.Chat(old) : follows;
      OptionalLong number = accept(letter, job, chat, jobs.open(job, chat));
      if (number.isEmpty()) {
        return false;
      }
      run.gave(new MessageName(chat.chat(), number.getAsLong()));
      if (!letters.drop(entry)) {
        return false;
      }
      progress.removed();
      progress.tell(
          letter.id(),
          "%s → chat %d message %d%s"
              .formatted(Jobs.name(job), chat.chat().number(), number.getAsLong(), old(trace)));
      return true;
    }

    /** The new chat of a message: the last one that there was when the message was accepted. */
    private @Nullable MovedChat follows(Job.NewMessage job) {
      NavigableMap<Instant, MovedChat> chats = moved.get(job.message().chat());
      if (chats == null) {
        return null;
      }
      Map.Entry<Instant, MovedChat> last = chats.floorEntry(job.acceptedAt());
      // The clocks of gateways differ.
      return last == null ? chats.firstEntry().getValue() : last.getValue();
    }

    /** Removes the dead letter of an accepted chat, unless a repeated call still needs it. */
    boolean removeChat(DeadLetters.Entry entry) {
      String id = entry.letter().id();
      if (!accepted.contains(id)) {
        return false;
      }
      if (unfinished.contains(id)) {
        progress.kept(id, "it is accepted, but not all of its messages; run this again");
        return false;
      }
      boolean removed = letters.drop(entry);
      if (removed) {
        progress.removed();
      }
      return removed;
    }

    private OptionalLong accept(DeadLetter letter, Job job, Parent parent, String openJob) {
      IdempotencyKey key = IdempotencyKey.of(KEY + letter.id(), List.of(openJob));
      String why;
      try {
        switch (queue.accept(parent, List.of(openJob), ANSWERED, key)) {
          case Acceptance.Accepted(NumberRange given, _) -> {
            return OptionalLong.of(given.first());
          }
          case Acceptance.ChatDeleted _ -> why = "its chat is deleted; drop it";
          case Acceptance.QueueFull _ ->
              why = "Redis has no memory left; run this again when it has";
          case Acceptance.TooManyKeys _ -> why = "its app has used too many idempotency keys";
          case Acceptance.KeyReused _ ->
              why = "an earlier call has accepted it in another chat; drop it if it is there";
          case Acceptance.AppDeleted _ -> why = "its app is deleted; drop it";
          case Acceptance.NoSuchMessage _,
              Acceptance.Unchecked _,
              Acceptance.UnknownAccess _,
              Acceptance.UnknownParent _,
              Acceptance.CounterUnusable _,
              Acceptance.CounterBehind _ ->
              why = "the counter could not be recovered; run this again";
        }
      } catch (ProblemException e) {
        why = e.detail();
      }
      progress.kept(letter.id(), Jobs.name(job) + ": " + why);
      return OptionalLong.empty();
    }
  }

  /** Whether the number of the job belongs, or may belong, to another write. */
  private static boolean hasOtherOwner(DeadLetter letter) {
    return letter.reason() == Reason.NUMBER_TAKEN || letter.reason() == Reason.SUPERSEDED;
  }

  /** Whether a message with this reason may belong to a chat that is itself a dead letter. */
  static boolean mayFollow(Reason reason) {
    return switch (reason) {
      case NUMBER_TAKEN, SUPERSEDED, CHAT_MISSING -> true;
      case UNDECODABLE, APP_MISSING, REFUSED -> false;
    };
  }

  private static String old(Trace trace) {
    return trace == Trace.VOID_ROW ? "; a void row is in its old place" : "";
  }

  private static String whatToDo(Reason reason) {
    return switch (reason) {
      case APP_MISSING -> "MySQL does not have its app; restore MySQL and retry it, or drop it";
      case CHAT_MISSING ->
          "MySQL does not have its chat; resubmit both if the chat is a dead letter, else restore"
              + " MySQL and retry it, or drop it";
      case REFUSED ->
          "MySQL takes it under no number; drop it, and send what it says in other words";
      case UNDECODABLE, NUMBER_TAKEN, SUPERSEDED ->
          "this version cannot decode its job; upgrade the workers and retry it, or drop it";
    };
  }
}
