package dev.tally.worker.deadletter;

import dev.tally.common.accept.counter.Parent;
import dev.tally.common.deadletter.DeadLetter;
import dev.tally.common.deadletter.DeadLetters;
import dev.tally.common.identity.AppToken;
import dev.tally.common.identity.ChangeName;
import dev.tally.common.identity.ChatKey;
import dev.tally.common.identity.ChatName;
import dev.tally.common.identity.NumberRange;
import dev.tally.common.identity.Numbers;
import dev.tally.common.partition.PartitionKeys;
import dev.tally.common.partition.RedisLayout;
import dev.tally.common.queue.Job;
import dev.tally.common.queue.WaitingJobs;
import dev.tally.worker.numbers.Counters;
import dev.tally.worker.numbers.Counters.Counter;
import dev.tally.worker.restore.VoidRows;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Leaves void rows in place of jobs that leave Redis for good, so that the numbers of a parent stay
 * without gaps.
 *
 * <p>After Redis lost data, another write may have the number already, or a later one may get it.
 * So a number gets a void row if its counter is past it, it has no row, and no job that waits has
 * it. The counters are read before the queues: what got the number until then is seen, and nothing
 * gets it after that. A counter that is unknown may become any number, so it counts as past.
 */
final class FreedNumbers {

  private static final String APP =
      """
      SELECT id FROM apps WHERE token = :token AND deleted_at IS NULL""";

  private static final String CHAT_EXISTS =
      """
      SELECT EXISTS (SELECT 1 FROM chats WHERE app_id = :app AND number = :chat)""";

  private final JdbcClient jdbc;
  private final TransactionTemplate transaction;
  private final VoidRows rows;
  private final WaitingJobs waiting;
  private final RedisLayout layout;
  private final Counters counters;
  private final DeadLetters letters;
  private final Jobs jobs;

  FreedNumbers(
      JdbcClient jdbc,
      PlatformTransactionManager transactions,
      VoidRows rows,
      WaitingJobs waiting,
      RedisLayout layout,
      Counters counters,
      DeadLetters letters,
      Jobs jobs) {
    this.jdbc = jdbc;
    this.transaction = new TransactionTemplate(transactions);
    this.transaction.setIsolationLevel(TransactionDefinition.ISOLATION_READ_COMMITTED);
    this.transaction.setTimeout(10);
    this.rows = rows;
    this.waiting = waiting;
    this.layout = layout;
    this.counters = counters;
    this.letters = letters;
    this.jobs = jobs;
  }

  /** Writes void rows of a chat. */
  @FunctionalInterface
  private interface VoidNumbers {
    int add(ChatKey chat, NumberRange numbers, Set<Long> except);
  }

  /** What stands at a number once its job leaves Redis. */
  enum Trace {
    VOID_ROW,
    /** Another write has the number, in MySQL or in the queue. */
    OTHER_WRITE,
    /** Nothing, and the number is still to be given out. */
    LATER_WRITE,
    NO_APP,
    /** Neither MySQL nor Redis has the chat. */
    NO_CHAT,
    /** The chat's own job is still to be persisted, or to be dropped. */
    CHAT_IN_REDIS
  }

  /**
   * Begins a run of a command: reads the counters of the selected jobs.
   *
   * @throws org.springframework.dao.DataAccessException if Redis does not answer
   */
  Run begin(Selection selection) {
    Run run = new Run();
    letters.forEach(
        entry -> {
          Job job = jobs.of(entry.letter());
          if (job != null) {
            run.expect(entry.letter(), job, selection.has(entry.letter()));
          }
        });
    return run;
  }

  private boolean isPast(Parent parent, long number) {
    PartitionKeys keys = layout.partitions().of(parent.app());
    Counter counter = counters.read(parent.counter(keys));
    String highest = parent instanceof Parent.Changes ? counter.changes() : counter.numbers();
    return highest == null
        || !counter.epoch().equals(counters.epoch(keys))
        || Numbers.count(highest).orElse(Long.MAX_VALUE) >= number;
  }

  /** A run of a command. Each app's queue is read once at most. */
  final class Run {

    /** Dead letters of chats, by the chat. */
    private final Map<ChatName, String> chats = new HashMap<>();

    /** The chats of messages that are not selected. */
    private final Set<ChatName> unselected = new HashSet<>();

    /** The names that the queue is searched for. */
    private final Set<Object> wanted = new HashSet<>();

    /** The names that this run has given out. They may be those that other jobs had. */
    private final Set<Object> given = new HashSet<>();

    /** The names whose counters were not past them when the run began. */
    private final Set<Object> ahead = new HashSet<>();

    private final Map<AppToken, Set<Object>> queues = new HashMap<>();

    private void expect(DeadLetter letter, Job job, boolean isSelected) {
      switch (job) {
        case Job.NewChat added -> {
          chats.put(added.chat(), letter.id());
          if (isSelected) {
            wanted.add(added.chat());
            if (!isPast(new Parent.App(added.app()), added.chat().number())) {
              ahead.add(added.chat());
            }
          }
        }
        case Job.NewMessage added -> {
          if (isSelected) {
            ChatName chat = added.message().chat();
            wanted.add(chat);
            wanted.add(added.message());
            if (!isPast(new Parent.Chat(chat), added.message().number())) {
              ahead.add(added.message());
            }
          } else if (Resubmission.mayFollow(letter.reason())) {
            unselected.add(added.message().chat());
          }
        }
        case Job.Change change -> {
          if (isSelected) {
            ChangeName name = new ChangeName(change.chat(), change.number());
            wanted.add(name.chat());
            wanted.add(name);
            if (!isPast(new Parent.Changes(name.chat()), name.number())) {
              ahead.add(name);
            }
          }
        }
        case Job.ErasedAuthor _ -> {}
      }
    }

    /** Whether there are dead letters of the chat's messages that are not selected. */
    boolean leavesMessagesOf(ChatName chat) {
      return unselected.contains(chat);
    }

    /** Forgets the dead letter of a chat's own job: its messages need not wait for it. */
    void settle(ChatName chat) {
      chats.remove(chat);
    }

    /**
     * Learns of a chat or a message that was accepted: a counter that was unknown is known now. The
     * messages of such a chat are numbered from 1, whatever its name stood for before.
     */
    void gave(Object name) {
      given.add(name);
    }

    /** The dead letter of a chat's own job, null if there is none that is not settled. */
    @Nullable String letterOf(ChatName chat) {
      return chats.get(chat);
    }

    /**
     * Leaves a void row at the number of a job, if nothing else stands there. May be repeated.
     *
     * @throws org.springframework.dao.DataAccessException if MySQL or Redis does not answer
     */
    Trace free(Job job) {
      Optional<Long> app =
          jdbc.sql(APP).param("token", job.app().value()).query(Long.class).optional();
      if (app.isEmpty()) {
        return Trace.NO_APP;
      }
      return switch (job) {
        case Job.ErasedAuthor _ -> throw new IllegalArgumentException("it has no number");
        case Job.NewChat added -> free(added, app.get());
        case Job.NewMessage added ->
            free(
                added.message().chat(),
                added.message(),
                added.message().number(),
                app.get(),
                rows::addMessages);
        case Job.Change change ->
            free(
                change.chat(),
                new ChangeName(change.chat(), change.number()),
                change.number(),
                app.get(),
                rows::addChanges);
      };
    }

    private Trace free(Job.NewChat job, long app) {
      return free(
          job.app(), job.chat(), job.chat().number(), range -> rows.addChats(app, range, Set.of()));
    }

    private Trace free(ChatName chat, Object name, long number, long app, VoidNumbers add) {
      if (given.contains(chat)) {
        return given.contains(name) ? Trace.OTHER_WRITE : Trace.LATER_WRITE;
      }
      if (!exists(app, chat)) {
        return chats.containsKey(chat) || isQueued(chat.app(), chat)
            ? Trace.CHAT_IN_REDIS
            : exists(app, chat) ? free(chat, name, number, app, add) : Trace.NO_CHAT;
      }
      return free(
          chat.app(),
          name,
          number,
          range -> add.add(new ChatKey(app, chat.number()), range, Set.of()));
    }

    private Trace free(AppToken app, Object name, long number, ToIntFunction<NumberRange> add) {
      if (ahead.contains(name)) {
        return Trace.LATER_WRITE;
      }
      if (given.contains(name) || isQueued(app, name)) {
        return Trace.OTHER_WRITE;
      }
      int added =
          Objects.requireNonNull(
              transaction.execute(_ -> add.applyAsInt(new NumberRange(number, number))));
      return added == 0 ? Trace.OTHER_WRITE : Trace.VOID_ROW;
    }

    private boolean exists(long app, ChatName chat) {
      return jdbc.sql(CHAT_EXISTS)
          .param("app", app)
          .param("chat", chat.number())
          .query(Boolean.class)
          .single();
    }

    private boolean isQueued(AppToken app, Object name) {
      return queues.computeIfAbsent(app, this::queued).contains(name);
    }

    private Set<Object> queued(AppToken app) {
      Set<Object> found = new HashSet<>();
      waiting.forEach(
          Set.of(app),
          job -> {
            Object name = Jobs.identity(job);
            if (wanted.contains(name)) {
              found.add(name);
            }
          });
      return found;
    }
  }
}
