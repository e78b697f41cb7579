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
import java.util.TreeMap;
import java.util.function.Supplier;
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
      SELECT id, token, chats_count FROM apps WHERE id > :after ORDER BY id LIMIT :limit""";

  private static final String MESSAGES_COUNTS =
      """
      SELECT number, messages_count FROM chats
      WHERE app_id = :app AND number BETWEEN :first AND :last""";

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
  }

  private static Counter lost(String kind, MeterRegistry meters) {
    return Counter.builder("tally.lost")
        .description("Chats and messages that MySQL has lost, filled with void rows")
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

  /**
   * What was filled.
   *
   * @param chats how many void chats were written
   * @param messages how many void messages were written
   */
  public record Filled(long chats, long messages) {

    static final Filled NOTHING = new Filled(0, 0);

    Filled plus(Filled other) {
      return new Filled(chats + other.chats, messages + other.messages);
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

  /** An app of the partition, and the numbers that had been given out in it. */
  private record App(AppRow row, GivenOut givenOut) {}

  /** The work on one partition. */
  private final class Fill {

    private final PartitionKeys keys;
    private final Runnable confirm;
    private final Map<AppToken, Set<Long>> queuedChats = new HashMap<>();
    private final Map<ChatName, Set<Long>> queuedMessages = new HashMap<>();

    /** No parent has lost more than this: a counter that says so is one that somebody wrote to. */
    private final long accepted;

    private long lostChats;
    private long lostMessages;

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
      Filled filled = new Filled(lostChats, lostMessages);
      if (!filled.equals(Filled.NOTHING)) {
        log.error(
            "partition {}: MySQL was set back and has lost {} chats and {} messages; their numbers"
                + " stay given out, and void rows stand in their place",
            keys.partition(),
            lostChats,
            lostMessages);
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
      long[] ofChats = app.givenOut().messages();
      for (int first = 1; first <= ofChats.length; first += STEP) {
        int last = Math.min(ofChats.length, first + STEP - 1);
        counts(row.id(), first, last)
            .forEach((chat, count) -> fill(row, chat, count, ofChats[(int) (chat - 1)]));
      }
    }

    /** Fills a chat, if its rows are fewer than the numbers that were given out. */
    private void fill(AppRow app, long chat, long count, long givenOut) {
      long highest = Math.min(givenOut, count + accepted);
      for (long first = 1; count < highest && first <= highest; first += STEP) {
        lostMessages +=
            fillMessages(
                app, new ChatName(app.token(), chat), first, Math.min(highest, first + STEP - 1));
      }
    }

    /**
     * How many messages each of these chats has. One without a row is left out: its own job is
     * still in Redis, and so are its messages'.
     */
    private Map<Long, Long> counts(long app, long first, long last) {
      Map<Long, Long> counts = new TreeMap<>();
      jdbc.sql(MESSAGES_COUNTS)
          .param("app", app)
          .param("first", first)
          .param("last", last)
          .query(
              row -> {
                counts.put(row.getLong(1), row.getLong(2));
              });
      return counts;
    }

    private long fillMessages(AppRow app, ChatName chat, long first, long last) {
      return step(
          () ->
              rows.addMessages(
                  new ChatKey(app.id(), chat.number()),
                  new NumberRange(first, last),
                  queuedMessages.getOrDefault(chat, Set.of())));
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
