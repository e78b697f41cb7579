package dev.tally.worker.restore;

import dev.tally.common.epoch.PartitionRow;
import dev.tally.common.epoch.PartitionRows;
import dev.tally.common.identity.AppToken;
import dev.tally.common.identity.ChatKey;
import dev.tally.common.identity.ChatName;
import dev.tally.common.identity.NumberRange;
import dev.tally.common.partition.PartitionKeys;
import dev.tally.common.partition.RedisLayout;
import dev.tally.common.queue.Job;
import dev.tally.common.queue.WaitingJobs;
import dev.tally.worker.numbers.Counters;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.function.ToIntFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Fills the numbers that a MySQL has lost that was set back with void rows: what stood there is
 * gone, but the numbers have been given out, and are never given out again. Numbers of jobs that
 * are still in Redis stay free for them.
 *
 * <p>Each step is a small transaction, and may be repeated: it fills only what is missing.
 */
@Component
public final class LostNumbers {

  private static final Logger log = LoggerFactory.getLogger(LostNumbers.class);

  private static final String APPS_AFTER =
      """
      SELECT id, token, chats_count FROM apps
      WHERE id > :after AND deleted_at IS NULL ORDER BY id LIMIT :limit""";

  private static final String COUNTS =
      """
      SELECT number, messages_count, changes_count FROM chats
      WHERE app_id = :app AND number BETWEEN :first AND :last AND deleted_at IS NULL""";

  private static final String HIGHEST_CHAT =
      """
      SELECT COALESCE(MAX(number), 0) FROM chats WHERE app_id = :app""";

  /** Apps or chats looked at, and rows written, in one step. */
  private static final int STEP = 1_000;

  private final JdbcClient jdbc;
  private final VoidRows rows;
  private final TransactionTemplate transaction;
  private final PartitionRows partitions;
  private final Counters counters;
  private final RedisLayout layout;
  private final WaitingJobs waiting;
  private final Counter chats;
  private final Counter messages;
  private final Counter changes;

  LostNumbers(
      JdbcClient jdbc,
      VoidRows rows,
      PlatformTransactionManager transactions,
      Counters counters,
      RedisLayout layout,
      WaitingJobs waiting,
      MeterRegistry meters) {
    this.jdbc = jdbc;
    this.rows = rows;
    this.transaction = new TransactionTemplate(transactions);
    this.transaction.setIsolationLevel(TransactionDefinition.ISOLATION_READ_COMMITTED);
    this.partitions = new PartitionRows(jdbc);
    this.counters = counters;
    this.layout = layout;
    this.waiting = waiting;
    this.chats = lost("chat", meters);
    this.messages = lost("message", meters);
    this.changes = lost("change", meters);
  }

  private static Counter lost(String kind, MeterRegistry meters) {
    return Counter.builder("tally.lost")
        .description("Chats, messages and changes that MySQL has lost, filled with void rows")
        .tag("kind", kind)
        .register(meters);
  }

  /**
   * Fills the numbers of a partition if they are due to be filled.
   *
   * @param confirm called in each transaction, right before its commit; throws to end the work
   * @throws org.springframework.dao.DataAccessException if MySQL or Redis does not answer; what is
   *     filled stays, and a repetition fills the rest
   */
  public void fillIfDue(PartitionKeys keys, Runnable confirm) {
    PartitionRow row = partitions.read(keys.partition());
    if (row.fillDue() != 0) {
      fill(keys, row, confirm);
    }
  }

  /** Fills the numbers of a partition. */
  Filled fill(PartitionKeys keys) {
    return fill(keys, partitions.read(keys.partition()), () -> {});
  }

  private Filled fill(PartitionKeys keys, PartitionRow row, Runnable confirm) {
    Filled filled = new Fill(keys, row.seen(), confirm).run();
    partitions.filled(keys.partition(), row.fillDue());
    return filled;
  }

  private record Counts(ChatKey chat, long messages, long changes) {}

  /** An app of the partition, and the numbers that had been given out in it. */
  private record App(AppRow row, GivenOut givenOut) {}

  /** The work on one partition. */
  private final class Fill {

    private final PartitionKeys keys;
    private final Runnable confirm;
    private final Map<AppToken, Set<Long>> queuedChats = new HashMap<>();
    private final Map<ChatName, Set<Long>> queuedMessages = new HashMap<>();
    private final Map<ChatName, Set<Long>> queuedChanges = new HashMap<>();

    /** No parent has lost more than this: a counter that says so is one that somebody wrote to. */
    private final long accepted;

    private long lostChats;
    private long lostMessages;
    private long lostChanges;

    Fill(PartitionKeys keys, long accepted, Runnable confirm) {
      this.keys = keys;
      this.confirm = confirm;
      this.accepted = accepted;
    }

    Filled run() {
      // Gateways give out numbers meanwhile. So the counters come first: each number that they have
      // by now is in a row, or in a job that is read afterwards, or lost.
      List<App> apps = apps();
      waiting.forEachInRedis(keys, this::isQueued);
      for (App app : apps) {
        fill(app);
      }
      chats.increment((double) lostChats);
      messages.increment((double) lostMessages);
      changes.increment((double) lostChanges);
      Filled filled = new Filled(lostChats, lostMessages, lostChanges);
      if (!filled.equals(Filled.NOTHING)) {
        log.error(
            "partition {}: MySQL was set back and has lost {} chats, {} messages and {} changes;"
                + " their numbers stay given out, and void rows stand in their place",
            keys.partition(),
            lostChats,
            lostMessages,
            lostChanges);
      }
      return filled;
    }

    private void isQueued(Job job) {
      switch (job) {
        case Job.NewChat added ->
            queuedChats
                .computeIfAbsent(added.app(), _ -> new HashSet<>())
                .add(added.chat().number());
        case Job.NewMessage added ->
            queuedMessages
                .computeIfAbsent(added.message().chat(), _ -> new HashSet<>())
                .add(added.message().number());
        case Job.Change change ->
            queuedChanges.computeIfAbsent(change.chat(), _ -> new HashSet<>()).add(change.number());
        case Job.ErasedAuthor _ -> {}
      }
    }

    private List<App> apps() {
      List<App> ofPartition = new ArrayList<>();
      long after = 0;
      while (true) {
        List<AppRow> page = page(after);
        if (page.isEmpty()) {
          return ofPartition;
        }
        for (AppRow app : page) {
          if (layout.partitions().of(app.token()).equals(keys)) {
            long highest = highestChat(app.id());
            ofPartition.add(
                new App(
                    app, GivenOut.of(app.token(), keys, highest, highest + accepted, counters)));
          }
        }
        after = page.getLast().id();
      }
    }

    private void fill(App app) {
      AppRow row = app.row();
      long highest = app.givenOut().chats();
      Set<Long> queued = queuedChats.getOrDefault(row.token(), Set.of());
      for (long first = 1; row.chats() < highest && first <= highest; first += STEP) {
        NumberRange chats = new NumberRange(first, Math.min(highest, first + STEP - 1));
        lostChats += step(() -> rows.addChats(row.id(), chats, queued));
      }
      GivenOut givenOut = app.givenOut();
      int known = givenOut.messages().length;
      for (int first = 1; first <= known; first += STEP) {
        for (Counts counts : counts(row.id(), first, Math.min(known, first + STEP - 1))) {
          int chat = (int) (counts.chat().number() - 1);
          ChatName name = new ChatName(row.token(), counts.chat().number());
          lostMessages +=
              fill(
                  counts.messages(),
                  givenOut.messages()[chat],
                  range ->
                      rows.addMessages(
                          counts.chat(), range, queuedMessages.getOrDefault(name, Set.of())));
          lostChanges +=
              fill(
                  counts.changes(),
                  givenOut.changes()[chat],
                  range ->
                      rows.addChanges(
                          counts.chat(), range, queuedChanges.getOrDefault(name, Set.of())));
        }
      }
    }

    /** Fills children of a chat, if their rows are fewer than the numbers that were given out. */
    private long fill(long count, long givenOut, ToIntFunction<NumberRange> add) {
      long highest = Math.min(givenOut, count + accepted);
      long filled = 0;
      for (long first = 1; count < highest && first <= highest; first += STEP) {
        NumberRange range = new NumberRange(first, Math.min(highest, first + STEP - 1));
        filled += step(() -> add.applyAsInt(range));
      }
      return filled;
    }

    /**
     * What each of these chats has. Leaves out those without a row, whose jobs are all in Redis,
     * and deleted ones.
     */
    private List<Counts> counts(long app, long first, long last) {
      return jdbc.sql(COUNTS)
          .param("app", app)
          .param("first", first)
          .param("last", last)
          .query(
              (row, _) ->
                  new Counts(new ChatKey(app, row.getLong(1)), row.getLong(2), row.getLong(3)))
          .list();
    }

    private int step(Supplier<Integer> work) {
      return transaction.execute(
          _ -> {
            int filled = work.get();
            confirm.run();
            return filled;
          });
    }
  }

  private long highestChat(long app) {
    return jdbc.sql(HIGHEST_CHAT).param("app", app).query(Long.class).single();
  }

  /**
   * An app.
   *
   * @param chats how many chats it has
   */
  private record AppRow(long id, AppToken token, long chats) {}

  private List<AppRow> page(long after) {
    return jdbc.sql(APPS_AFTER)
        .param("after", after)
        .param("limit", STEP)
        .query(
            (row, _) -> new AppRow(row.getLong(1), new AppToken(row.getString(2)), row.getLong(3)))
        .list();
  }
}
