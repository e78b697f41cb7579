package dev.tally.worker.drain;

import dev.tally.common.identity.AppToken;
import dev.tally.common.identity.ChatKey;
import dev.tally.common.queue.Job;
import dev.tally.worker.deadletter.DeadLetter;
import dev.tally.worker.lease.Lease;
import dev.tally.worker.outbox.SearchOutbox;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Persists a batch in one transaction: locks the app rows and chat rows, inserts the missing rows,
 * adds to the counts exactly as many as it inserted, and appends to the search outbox.
 *
 * <p>A batch may have been persisted before, in whole or in part, and another worker may still be
 * at it. The locks make the two transactions run one after the other, and the later one finds the
 * rows of the earlier one. It does not search for rows where the jobs' numbers continue the locked
 * count without a gap: the count is the number of rows, and rows are numbered from 1 to the count.
 * That is wrong after a dead letter has left a gap. Then an insert violates the primary key, and a
 * second transaction searches for all rows.
 */
@Component
final class Persister {

  private final TransactionTemplate transaction;
  private final DrainSql sql;
  private final SearchOutbox outbox;

  Persister(
      PlatformTransactionManager transactions,
      DrainSql sql,
      SearchOutbox outbox,
      DrainProperties properties) {
    this.transaction = new TransactionTemplate(transactions);
    // Row locks keep the transactions apart. Gap locks would only block other writers.
    this.transaction.setIsolationLevel(TransactionDefinition.ISOLATION_READ_COMMITTED);
    this.transaction.setTimeout((int) properties.transactionTimeout().toSeconds());
    this.sql = sql;
    this.outbox = outbox;
  }

  /**
   * Persists jobs of one partition, in order.
   *
   * @param lease confirmed right before the commit
   * @throws dev.tally.worker.lease.LeaseLostException if another worker owns the partition; nothing
   *     is committed
   * @throws org.springframework.dao.DataAccessException if MySQL or Redis fails. Nothing is
   *     committed, unless the connection broke during the commit itself.
   */
  Persisted persist(List<Delivery> deliveries, Lease lease) {
    try {
      return transaction.execute(_ -> new Batch(deliveries, lease, true).persist());
    } catch (DuplicateKeyException e) {
      return transaction.execute(_ -> new Batch(deliveries, lease, false).persist());
    }
  }

  /** One attempt at the transaction. */
  private final class Batch {

    private final List<Delivery> deliveries;
    private final Lease lease;
    private final boolean trustCounts;

    private final List<Rejection> rejections = new ArrayList<>();
    private int redelivered;

    Batch(List<Delivery> deliveries, Lease lease, boolean trustCounts) {
      this.deliveries = deliveries;
      this.lease = lease;
      this.trustCounts = trustCounts;
    }

    Persisted persist() {
      TreeSet<AppToken> tokens = new TreeSet<>();
      for (Delivery delivery : deliveries) {
        tokens.add(delivery.job().app());
      }
      Map<AppToken, DrainSql.App> apps = sql.lockApps(tokens);

      SortedMap<Long, SortedMap<Long, Delivery>> chatJobs = new TreeMap<>();
      SortedMap<ChatKey, SortedMap<Long, Delivery>> messageJobs = new TreeMap<>();
      for (Delivery delivery : deliveries) {
        DrainSql.App app = apps.get(delivery.job().app());
        if (app == null) {
          reject(delivery, DeadLetter.Reason.APP_MISSING);
          continue;
        }
        switch (delivery.job()) {
          case Job.NewChat chat ->
              add(
                  chatJobs.computeIfAbsent(app.id(), _ -> new TreeMap<>()),
                  chat.chat().number(),
                  delivery);
          case Job.NewMessage message ->
              add(
                  messageJobs.computeIfAbsent(
                      new ChatKey(app.id(), message.message().chat().number()),
                      _ -> new TreeMap<>()),
                  message.message().number(),
                  delivery);
        }
      }
      Map<Long, Long> chatsCounts = new HashMap<>();
      apps.values().forEach(app -> chatsCounts.put(app.id(), app.chatsCount()));

      SortedMap<ChatKey, Job.NewChat> newChats = newChats(chatJobs, chatsCounts);
      Map<ChatKey, DrainSql.Chat> oldChats = sql.lockChats(new TreeSet<>(messageJobs.keySet()));
      SortedMap<ChatKey, List<Job.NewMessage>> newMessages =
          newMessages(messageJobs, oldChats, newChats);
      write(newChats, newMessages);
      lease.confirm();
      return new Persisted(
          newChats.size(),
          newMessages.values().stream().mapToInt(List::size).sum(),
          redelivered,
          rejections);
    }

    private SortedMap<ChatKey, Job.NewChat> newChats(
        SortedMap<Long, SortedMap<Long, Delivery>> jobs, Map<Long, Long> counts) {
      SortedMap<ChatKey, Job.NewChat> fresh = new TreeMap<>();
      jobs.forEach(
          (appId, ofApp) -> {
            var there =
                carriesOn(ofApp, counts.getOrDefault(appId, 0L))
                    ? Map.of()
                    : sql.chats(appId, ofApp.keySet());
            ofApp.forEach(
                (number, delivery) -> {
                  Job.NewChat job = (Job.NewChat) delivery.job();
                  if (isNew(delivery, there.get(number), job.acceptedAt())) {
                    fresh.put(new ChatKey(appId, number), job);
                  }
                });
          });
      return fresh;
    }

    private SortedMap<ChatKey, List<Job.NewMessage>> newMessages(
        SortedMap<ChatKey, SortedMap<Long, Delivery>> jobs,
        Map<ChatKey, DrainSql.Chat> oldChats,
        Map<ChatKey, Job.NewChat> newChats) {
      SortedMap<ChatKey, List<Job.NewMessage>> fresh = new TreeMap<>();
      jobs.forEach(
          (key, ofChat) -> {
            DrainSql.Chat chat =
                newChats.containsKey(key) ? new DrainSql.Chat(0) : oldChats.get(key);
            if (chat == null) {
              ofChat.values().forEach(delivery -> reject(delivery, DeadLetter.Reason.CHAT_MISSING));
              return;
            }
            var there =
                carriesOn(ofChat, chat.messagesCount())
                    ? Map.of()
                    : sql.messages(key, ofChat.keySet());
            List<Job.NewMessage> messages = new ArrayList<>(ofChat.size());
            ofChat.forEach(
                (number, delivery) -> {
                  Job.NewMessage job = (Job.NewMessage) delivery.job();
                  if (isNew(delivery, there.get(number), DrainSql.Content.of(job))) {
                    messages.add(job);
                  }
                });
            if (!messages.isEmpty()) {
              fresh.put(key, messages);
            }
          });
      return fresh;
    }

    private void write(
        SortedMap<ChatKey, Job.NewChat> newChats,
        SortedMap<ChatKey, List<Job.NewMessage>> newMessages) {
      List<DrainSql.NewChat> chatRows = new ArrayList<>();
      SortedMap<Long, Integer> addedChats = new TreeMap<>();
      newChats.forEach(
          (key, job) -> {
            int messages = newMessages.getOrDefault(key, List.of()).size();
            chatRows.add(new DrainSql.NewChat(key, messages, job.acceptedAt()));
            addedChats.merge(key.appId(), 1, Integer::sum);
          });

      List<DrainSql.NewMessage> messageRows = new ArrayList<>();
      SortedMap<ChatKey, Integer> addedMessages = new TreeMap<>();
      List<SearchOutbox.Range> ranges = new ArrayList<>();
      newMessages.forEach(
          (key, jobs) -> {
            if (!newChats.containsKey(key)) {
              addedMessages.put(key, jobs.size());
            }
            for (Job.NewMessage job : jobs) {
              messageRows.add(
                  new DrainSql.NewMessage(
                      key, job.message().number(), job.body(), job.acceptedAt()));
            }
            addRanges(key, jobs, ranges);
          });

      sql.insertChats(chatRows);
      sql.addChats(addedChats);
      sql.insertMessages(messageRows);
      sql.addMessages(addedMessages);
      if (!ranges.isEmpty()) {
        outbox.append(ranges);
      }
    }

    private void addRanges(
        ChatKey key, List<Job.NewMessage> jobs, List<SearchOutbox.Range> ranges) {
      int start = 0;
      for (int i = 1; i <= jobs.size(); i++) {
        if (i == jobs.size()
            || jobs.get(i).message().number() != jobs.get(i - 1).message().number() + 1) {
          ranges.add(
              new SearchOutbox.Range(
                  lease.keys().partition(),
                  key.appId(),
                  key.number(),
                  jobs.get(start).message().number(),
                  jobs.get(i - 1).message().number()));
          start = i;
        }
      }
    }

    /** Whether the numbers are count + 1, count + 2, and so on. Then none of them has a row. */
    private boolean carriesOn(SortedMap<Long, Delivery> jobs, long count) {
      return trustCounts && jobs.firstKey() == count + 1 && jobs.lastKey() == count + jobs.size();
    }

    /**
     * Adds a job under its number. A number that comes twice in a batch is treated like one that is
     * persisted already.
     */
    private void add(SortedMap<Long, Delivery> jobs, long number, Delivery delivery) {
      Delivery earlier = jobs.putIfAbsent(number, delivery);
      if (earlier != null && !earlier.job().equals(delivery.job())) {
        reject(delivery, DeadLetter.Reason.NUMBER_TAKEN);
      } else if (earlier != null) {
        redelivered++;
      }
    }

    /** Whether a job has no row yet. If its row has other content, the job is rejected. */
    private boolean isNew(Delivery delivery, @Nullable Object there, Object own) {
      if (there == null) {
        return true;
      }
      if (there.equals(own)) {
        redelivered++;
      } else {
        reject(delivery, DeadLetter.Reason.NUMBER_TAKEN);
      }
      return false;
    }

    private void reject(Delivery delivery, DeadLetter.Reason reason) {
      rejections.add(Rejection.of(delivery, reason));
    }
  }
}
