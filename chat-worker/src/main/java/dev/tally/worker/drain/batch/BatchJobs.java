package dev.tally.worker.drain.batch;

import dev.tally.common.identity.AppToken;
import dev.tally.common.identity.ChatKey;
import dev.tally.common.identity.MessageKey;
import dev.tally.common.queue.Job;
import dev.tally.worker.drain.batch.RowReads.LockedApp;
import dev.tally.worker.drain.batch.RowReads.LockedChat;
import dev.tally.worker.drain.batch.Siblings.RowJob;
import dev.tally.worker.drain.change.ChangeRows;
import dev.tally.worker.drain.change.Fingerprint;
import dev.tally.worker.drain.erasure.ErasureRequest;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * The jobs of a batch by the parents of their rows, and which rows to lock and to look for.
 *
 * @param chats the jobs that add chats, by the app's id
 * @param messages the jobs that add messages, by chat
 * @param changes the jobs that change messages or chats, by chat
 * @param erasures what authors wrote is to be erased
 * @param chatsCounts the locked count of each app with a job, by the app's id
 * @param withoutApp the jobs whose app does not exist
 * @param late how many jobs came after their app was deleted: they are dropped
 * @param trustCounts whether a count is taken for the highest number
 */
record BatchJobs(
    SortedMap<Long, Siblings<Row.Chat>> chats,
    SortedMap<ChatKey, Siblings<Row.Message>> messages,
    SortedMap<ChatKey, Siblings<Row.Change>> changes,
    List<ErasureRequest> erasures,
    Map<Long, Long> chatsCounts,
    List<Delivery> withoutApp,
    int late,
    boolean trustCounts) {

  /** The tokens of the apps to lock. */
  static SortedSet<AppToken> tokens(List<Delivery> deliveries) {
    SortedSet<AppToken> tokens = new TreeSet<>();
    for (Delivery delivery : deliveries) {
      tokens.add(delivery.job().app());
    }
    return tokens;
  }

  /**
   * @param deliveries in order
   * @param apps the locked apps, by token
   */
  static BatchJobs of(
      List<Delivery> deliveries, Map<AppToken, LockedApp> apps, boolean trustCounts) {
    List<Delivery> withoutApp = new ArrayList<>();
    Map<Long, List<RowJob<Row.Chat>>> chats = new HashMap<>();
    Map<ChatKey, List<RowJob<Row.Message>>> messages = new HashMap<>();
    Map<ChatKey, List<RowJob<Row.Change>>> changes = new HashMap<>();
    List<ErasureRequest> erasures = new ArrayList<>();
    int late = 0;
    Map<Long, Long> chatsCounts = new HashMap<>();
    apps.values().forEach(app -> chatsCounts.put(app.id(), app.chatsCount()));
    for (Delivery delivery : deliveries) {
      LockedApp app = apps.get(delivery.job().app());
      if (app == null) {
        withoutApp.add(delivery);
        continue;
      }
      if (app.deleted()) {
        late++;
        continue;
      }
      switch (delivery.job()) {
        case Job.NewChat chat -> {
          ChatKey key = new ChatKey(app.id(), chat.chat().number());
          chats
              .computeIfAbsent(app.id(), _ -> new ArrayList<>())
              .add(
                  new RowJob<>(delivery, Row.Chat.created(key, chat.acceptedAt(), chat.content())));
        }
        case Job.NewMessage message -> {
          ChatKey chat = new ChatKey(app.id(), message.message().chat().number());
          MessageKey key = new MessageKey(chat, message.message().number());
          messages
              .computeIfAbsent(chat, _ -> new ArrayList<>())
              .add(
                  new RowJob<>(
                      delivery, Row.Message.created(key, message.acceptedAt(), message.content())));
        }
        case Job.Change change -> {
          ChatKey chat = new ChatKey(app.id(), change.chat().number());
          ChangeRows.Key key = new ChangeRows.Key(chat, change.number());
          changes
              .computeIfAbsent(chat, _ -> new ArrayList<>())
              .add(new RowJob<>(delivery, new Row.Change(key, Fingerprint.ofChange(change))));
        }
        case Job.ErasedAuthor erased ->
            erasures.add(ErasureRequest.ofAuthor(app.id(), erased.author(), erased.acceptedAt()));
      }
    }
    return new BatchJobs(
        siblings(chats),
        siblings(messages),
        siblings(changes),
        erasures,
        chatsCounts,
        withoutApp,
        late,
        trustCounts);
  }

  private static <P extends Comparable<P>, R extends Row<?>> SortedMap<P, Siblings<R>> siblings(
      Map<P, List<RowJob<R>>> jobs) {
    SortedMap<P, Siblings<R>> siblings = new TreeMap<>();
    jobs.forEach((parent, ofParent) -> siblings.put(parent, Siblings.of(ofParent)));
    return siblings;
  }

  /** The numbers of the chats that may have rows already, or are to be changed, by the app's id. */
  SortedMap<Long, List<Long>> chatsToFind() {
    SortedMap<Long, SortedSet<Long>> find = new TreeMap<>();
    chats.forEach(
        (app, jobs) -> {
          if (mayHaveRows(jobs, chatsCounts.getOrDefault(app, 0L))) {
            find.put(app, new TreeSet<>(jobs.numbers()));
          }
        });
    changes.forEach(
        (key, jobs) -> {
          if (jobs.jobs().stream().anyMatch(job -> change(job) instanceof Job.ChangedChat)) {
            find.computeIfAbsent(key.appId(), _ -> new TreeSet<>()).add(key.number());
          }
        });
    SortedMap<Long, List<Long>> numbers = new TreeMap<>();
    find.forEach((app, ofApp) -> numbers.put(app, List.copyOf(ofApp)));
    return numbers;
  }

  /**
   * The deliveries whose rows are not among these, by key, and those without an app. The rows of
   * deleted chats may be erased.
   */
  List<Delivery> without(Map<Object, Row<?>> rows, Map<ChatKey, LockedChat> locked) {
    List<Delivery> without = new ArrayList<>(withoutApp);
    Stream.of(chats.values(), kept(messages, locked), kept(changes, locked))
        .flatMap(Collection::stream)
        .flatMap(siblings -> siblings.jobs().stream())
        .filter(
            job -> {
              Row<?> row = rows.get(job.row().key());
              return row == null || !row.isOf(job.row());
            })
        .forEach(job -> without.add(job.delivery()));
    return without;
  }

  private static <R extends Row<?>> List<Siblings<R>> kept(
      Map<ChatKey, Siblings<R>> jobs, Map<ChatKey, LockedChat> locked) {
    return jobs.entrySet().stream()
        .filter(entry -> !LockedChat.of(entry.getKey(), locked).isDeleted())
        .map(Map.Entry::getValue)
        .toList();
  }

  /** The chats to lock. Some of them are new, and have no rows yet. */
  SortedSet<ChatKey> chatsToLock() {
    SortedSet<ChatKey> lock = new TreeSet<>(messages.keySet());
    lock.addAll(changes.keySet());
    return lock;
  }

  /** The numbers of the messages that may have rows already, or are to be changed, by chat. */
  SortedMap<ChatKey, List<Long>> messagesToFind(Map<ChatKey, LockedChat> locked) {
    SortedMap<ChatKey, List<Long>> find = new TreeMap<>();
    messages.forEach(
        (key, jobs) -> {
          if (mayHaveRows(jobs, LockedChat.of(key, locked).messagesCount())) {
            find.put(key, jobs.numbers());
          }
        });
    changes.forEach(
        (key, jobs) -> {
          SortedSet<Long> numbers = new TreeSet<>(find.getOrDefault(key, List.of()));
          for (RowJob<Row.Change> job : jobs.jobs()) {
            if (change(job) instanceof Job.ChangedMessage change) {
              numbers.add(change.message().number());
            }
          }
          if (!numbers.isEmpty()) {
            find.put(key, List.copyOf(numbers));
          }
        });
    return find;
  }

  /** The numbers of the changes that may have rows already, by chat. */
  SortedMap<ChatKey, List<Long>> changesToFind(Map<ChatKey, LockedChat> locked) {
    SortedMap<ChatKey, List<Long>> find = new TreeMap<>();
    changes.forEach(
        (key, jobs) -> {
          if (mayHaveRows(jobs, LockedChat.of(key, locked).changesCount())) {
            find.put(key, jobs.numbers());
          }
        });
    return find;
  }

  /** The numbers of the messages that changes may wait for, by chat. */
  SortedMap<ChatKey, List<Long>> messagesToSettle(Map<ChatKey, LockedChat> locked) {
    SortedMap<ChatKey, List<Long>> settle = new TreeMap<>();
    messages.forEach(
        (key, jobs) -> {
          if (LockedChat.of(key, locked).pendingCount() > 0) {
            settle.put(key, jobs.numbers());
          }
        });
    return settle;
  }

  /** What a job changes. */
  static Job.Change change(RowJob<Row.Change> job) {
    return (Job.Change) job.delivery().job();
  }

  private boolean mayHaveRows(Siblings<?> jobs, long count) {
    return !trustCounts || !jobs.continues(count);
  }
}
