package dev.tally.worker.drain.batch;

import dev.tally.common.accept.counter.Parent;
import dev.tally.common.deadletter.DeadLetter;
import dev.tally.common.identity.ChatKey;
import dev.tally.common.identity.MessageKey;
import dev.tally.common.identity.NumberRange;
import dev.tally.worker.drain.batch.RowReads.LockedChat;
import dev.tally.worker.drain.batch.Siblings.RowJob;
import dev.tally.worker.drain.change.ChangePlan;
import dev.tally.worker.drain.change.ChangeRows;
import dev.tally.worker.drain.change.Fingerprint;
import dev.tally.worker.drain.erasure.ErasureRequest;
import dev.tally.worker.drain.gap.Jump;
import dev.tally.worker.outbox.SearchOutbox;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * What a transaction writes. Each job of the batch is in one of seven parts: its row is in {@code
 * chats}, {@code messages}, {@code changes} or {@code erasures}, its rejection is in {@code
 * rejections}, or {@code redelivered} or {@code late} counts it.
 *
 * @param chats rows to insert, in key order
 * @param addedChats how many chats each app gets, by the app's id
 * @param messages rows to insert, in key order
 * @param addedMessages how many messages each chat gets that is not new itself
 * @param changes edits and deletions, those that waited for a message among them
 * @param erasures the chats, and what authors wrote, that are to be erased
 * @param created the fingerprints of the messages and chats that they change, as those were
 *     created, by key
 * @param ranges the messages that are new or changed, for the search outbox
 * @param jumps the parents of which some number below the new rows may be a gap
 * @param rejections jobs that can never be persisted
 * @param redelivered how many jobs were persisted before
 * @param late how many jobs are about chats or apps that are deleted
 */
record BatchPlan(
    List<NewChat> chats,
    Map<Long, Integer> addedChats,
    List<Row.Message> messages,
    Map<ChatKey, Integer> addedMessages,
    ChangePlan changes,
    List<ErasureRequest> erasures,
    Map<Object, Fingerprint> created,
    List<SearchOutbox.Range> ranges,
    List<Jump> jumps,
    List<Rejection> rejections,
    int redelivered,
    int late) {

  /**
   * What the transaction has found in MySQL about the jobs of its batch.
   *
   * @param chats the rows of {@link BatchJobs#chatsToFind} that exist
   * @param locked the rows of {@link BatchJobs#chatsToLock} that exist
   * @param messages the rows of {@link BatchJobs#messagesToFind} that exist
   * @param changes the rows of {@link BatchJobs#changesToFind} that exist
   * @param pending the changes that wait for one of {@link BatchJobs#messagesToSettle}
   */
  record Existing(
      Map<ChatKey, Row.Chat> chats,
      Map<ChatKey, LockedChat> locked,
      Map<MessageKey, Row.Message> messages,
      Map<ChangeRows.Key, Row.Change> changes,
      List<ChangeRows.Pending> pending) {}

  /** A chat to insert, and how many of the messages are its own. */
  record NewChat(Row.Chat row, int messagesCount) {}

  static BatchPlan of(BatchJobs jobs, Existing existing, int partition) {
    Settled settled = new Settled();
    jobs.withoutApp().forEach(job -> settled.reject(job, DeadLetter.Reason.APP_MISSING));

    List<Jump> jumps = new ArrayList<>();
    Map<ChatKey, Row.Chat> newChats = new LinkedHashMap<>();
    Map<Long, Integer> addedChats = new HashMap<>();
    jobs.chats()
        .forEach(
            (app, ofApp) -> {
              List<Row.Chat> rows = newRows(ofApp, existing.chats(), settled);
              rows.forEach(row -> newChats.put(row.key(), row));
              if (!rows.isEmpty()) {
                addedChats.put(app, rows.size());
                addJump(ofApp, app, jobs.chatsCounts().getOrDefault(app, 0L), rows, jumps);
              }
            });

    List<Row.Message> messages = new ArrayList<>();
    List<SearchOutbox.Range> ranges = new ArrayList<>();
    Map<ChatKey, Integer> firstMessages = new HashMap<>();
    Map<ChatKey, Integer> addedMessages = new HashMap<>();
    jobs.messages()
        .forEach(
            (chat, ofChat) -> {
              boolean isNew = newChats.containsKey(chat);
              if (LockedChat.of(chat, existing.locked()).isDeleted()) {
                settled.late(ofChat.jobs().size());
                return;
              }
              if (!isNew && !existing.locked().containsKey(chat)) {
                settled.reject(ofChat, DeadLetter.Reason.CHAT_MISSING);
                return;
              }
              List<Row.Message> rows = newRows(ofChat, existing.messages(), settled);
              if (!rows.isEmpty()) {
                messages.addAll(rows);
                addRanges(partition, chat, rows.stream().map(Row::number).toList(), ranges);
                (isNew ? firstMessages : addedMessages).put(chat, rows.size());
                long count = LockedChat.of(chat, existing.locked()).messagesCount();
                addJump(ofChat, chat.appId(), count, rows, jumps);
              }
            });

    Map<MessageKey, Row.Message> ofChanges = new HashMap<>();
    // Most batches change nothing, and need not know their messages by key.
    if (!jobs.changes().isEmpty() || !existing.pending().isEmpty()) {
      ofChanges.putAll(existing.messages());
      messages.forEach(row -> ofChanges.put(row.key(), row));
    }
    Map<ChatKey, Row.Chat> chatsOfChanges = new HashMap<>();
    if (!jobs.changes().isEmpty()) {
      chatsOfChanges.putAll(existing.chats());
      chatsOfChanges.putAll(newChats);
    }
    ChangePlan changes =
        new ChangePlan(
            versions(ofChanges, Row.Message::version), versions(chatsOfChanges, Row.Chat::version));
    for (ChangeRows.Pending pending : existing.pending()) {
      long message = pending.job().message().number();
      if (ofChanges.containsKey(new MessageKey(pending.chat(), message))) {
        changes.settle(pending.chat(), pending.job());
      }
    }
    jobs.changes()
        .forEach(
            (chat, ofChat) -> {
              if (LockedChat.of(chat, existing.locked()).isDeleted()) {
                settled.late(ofChat.jobs().size());
                return;
              }
              if (!newChats.containsKey(chat) && !existing.locked().containsKey(chat)) {
                settled.reject(ofChat, DeadLetter.Reason.CHAT_MISSING);
                return;
              }
              List<RowJob<Row.Change>> added = new ArrayList<>();
              for (RowJob<Row.Change> job : newJobs(ofChat, existing.changes(), settled)) {
                if (changes.add(chat, BatchJobs.change(job))) {
                  added.add(job);
                } else {
                  settled.late(1);
                }
              }
              if (!added.isEmpty()) {
                long count = LockedChat.of(chat, existing.locked()).changesCount();
                addJump(ofChat, chat.appId(), count, rows(added), jumps);
              }
            });
    Map<Object, Fingerprint> created = new HashMap<>();
    for (ChatKey changed : changes.changedChats().keySet()) {
      created.put(changed, Objects.requireNonNull(chatsOfChanges.get(changed)).fingerprint());
    }
    SortedMap<ChatKey, List<Long>> changedBefore = new TreeMap<>();
    for (MessageKey changed : changes.changed().keySet()) {
      created.put(changed, Objects.requireNonNull(ofChanges.get(changed)).fingerprint());
      // The ranges have the new ones already.
      if (existing.messages().containsKey(changed)) {
        changedBefore.computeIfAbsent(changed.chat(), _ -> new ArrayList<>()).add(changed.number());
      }
    }
    changedBefore.forEach((chat, numbers) -> addRanges(partition, chat, numbers, ranges));

    List<ErasureRequest> erasures = new ArrayList<>(jobs.erasures());
    changes
        .changedChats()
        .forEach(
            (chat, version) -> {
              if (version.deletedAt() != null) {
                erasures.add(ErasureRequest.ofChat(chat, version.deletedAt()));
              }
            });

    List<NewChat> chats = new ArrayList<>(newChats.size());
    newChats.forEach((key, row) -> chats.add(new NewChat(row, firstMessages.getOrDefault(key, 0))));
    return new BatchPlan(
        chats,
        addedChats,
        messages,
        addedMessages,
        changes,
        erasures,
        created,
        ranges,
        jumps,
        settled.rejections(),
        settled.redelivered(),
        jobs.late() + settled.late());
  }

  /**
   * The jobs whose rows do not exist yet. Settles the other jobs.
   *
   * <p>Of jobs with one number, the first adds the row. But if MySQL has the row, that row decides
   * for all of them: the job that added it may not be the first.
   */
  private static <K, R extends Row<K>> List<RowJob<R>> newJobs(
      Siblings<R> jobs, Map<K, R> existing, Settled settled) {
    Map<K, RowJob<R>> added = new LinkedHashMap<>();
    for (RowJob<R> job : jobs.jobs()) {
      K key = job.row().key();
      R row = existing.get(key);
      if (row == null) {
        RowJob<R> first = added.putIfAbsent(key, job);
        row = first == null ? null : first.row();
      }
      if (row != null) {
        settled.add(job, row);
      }
    }
    return List.copyOf(added.values());
  }

  private static <K, R extends Row<K>> List<R> newRows(
      Siblings<R> jobs, Map<K, R> existing, Settled settled) {
    return rows(newJobs(jobs, existing, settled));
  }

  private static <R extends Row<?>> List<R> rows(List<RowJob<R>> jobs) {
    return jobs.stream().map(RowJob::row).toList();
  }

  private static <K, R extends Row<K>, V> Map<K, V> versions(
      Map<K, R> rows, Function<R, V> version) {
    Map<K, V> versions = new HashMap<>();
    rows.forEach((key, row) -> versions.put(key, version.apply(row)));
    return versions;
  }

  private static <R extends Row<?>> void addJump(
      Siblings<R> siblings, long appId, long countBefore, List<R> rows, List<Jump> jumps) {
    if (Jump.isJump(countBefore, rows.size(), rows.getLast().number())) {
      Parent parent = Parent.of(siblings.jobs().getFirst().delivery().job());
      jumps.add(new Jump(parent, appId, rows.stream().map(Row::number).toList()));
    }
  }

  /** Adds a range for each run of consecutive numbers. */
  private static void addRanges(
      int partition, ChatKey chat, List<Long> numbers, List<SearchOutbox.Range> ranges) {
    long first = numbers.getFirst();
    for (int i = 1; i <= numbers.size(); i++) {
      long last = numbers.get(i - 1);
      if (i == numbers.size() || numbers.get(i) != last + 1) {
        ranges.add(new SearchOutbox.Range(partition, chat, new NumberRange(first, last)));
        if (i < numbers.size()) {
          first = numbers.get(i);
        }
      }
    }
  }
}
