package dev.tally.worker.drain.batch;

import dev.tally.common.accept.counter.Parent;
import dev.tally.common.deadletter.DeadLetter;
import dev.tally.common.identity.ChatKey;
import dev.tally.common.identity.MessageKey;
import dev.tally.common.identity.NumberRange;
import dev.tally.worker.drain.batch.Siblings.RowJob;
import dev.tally.worker.drain.gap.Jump;
import dev.tally.worker.outbox.SearchOutbox;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a transaction writes. Each job of the batch is in one of four parts: its row is in {@code
 * chats} or {@code messages}, its rejection is in {@code rejections}, or {@code redelivered} counts
 * it.
 *
 * @param chats rows to insert, in key order
 * @param addedChats how many chats each app gets, by the app's id
 * @param messages rows to insert, in key order
 * @param addedMessages how many messages each chat gets that is not new itself
 * @param ranges the messages, for the search outbox
 * @param jumps the parents of which some number below the new rows may be a gap
 * @param rejections jobs that can never be persisted
 * @param redelivered how many jobs were persisted before
 */
record BatchPlan(
    List<NewChat> chats,
    Map<Long, Integer> addedChats,
    List<Row.Message> messages,
    Map<ChatKey, Integer> addedMessages,
    List<SearchOutbox.Range> ranges,
    List<Jump> jumps,
    List<Rejection> rejections,
    int redelivered) {

  /**
   * What the transaction has found in MySQL about the jobs of its batch.
   *
   * @param chats the rows of {@link BatchJobs#chatsToFind} that exist
   * @param locked the rows of {@link BatchJobs#chatsToLock} that exist
   * @param messages the rows of {@link BatchJobs#messagesToFind} that exist
   */
  record Existing(
      Map<ChatKey, Row.Chat> chats,
      Map<ChatKey, RowReads.LockedChat> locked,
      Map<MessageKey, Row.Message> messages) {}

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
              RowReads.LockedChat locked = existing.locked().get(chat);
              if (!isNew && locked == null) {
                ofChat
                    .jobs()
                    .forEach(job -> settled.reject(job.delivery(), DeadLetter.Reason.CHAT_MISSING));
                return;
              }
              List<Row.Message> rows = newRows(ofChat, existing.messages(), settled);
              if (!rows.isEmpty()) {
                messages.addAll(rows);
                addRanges(partition, chat, rows, ranges);
                (isNew ? firstMessages : addedMessages).put(chat, rows.size());
                long count = locked == null ? 0 : locked.messagesCount();
                addJump(ofChat, chat.appId(), count, rows, jumps);
              }
            });

    List<NewChat> chats = new ArrayList<>(newChats.size());
    newChats.forEach((key, row) -> chats.add(new NewChat(row, firstMessages.getOrDefault(key, 0))));
    return new BatchPlan(
        chats,
        addedChats,
        messages,
        addedMessages,
        ranges,
        jumps,
        settled.rejections(),
        settled.redelivered());
  }

  /**
   * The rows that do not exist yet. Settles the other jobs.
   *
   * <p>Of jobs with one number, the first adds the row. But if MySQL has the row, that row decides
   * for all of them: the job that added it may not be the first.
   */
  private static <K, R extends Row<K>> List<R> newRows(
      Siblings<R> jobs, Map<K, R> existing, Settled settled) {
    Map<K, R> rows = new LinkedHashMap<>();
    for (RowJob<R> job : jobs.jobs()) {
      K key = job.row().key();
      R row = existing.get(key);
      if (row == null) {
        row = rows.putIfAbsent(key, job.row());
      }
      if (row != null) {
        settled.add(job, row);
      }
    }
    return List.copyOf(rows.values());
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
      int partition, ChatKey chat, List<Row.Message> rows, List<SearchOutbox.Range> ranges) {
    long first = rows.getFirst().number();
    for (int i = 1; i <= rows.size(); i++) {
      long last = rows.get(i - 1).number();
      if (i == rows.size() || rows.get(i).number() != last + 1) {
        ranges.add(new SearchOutbox.Range(partition, chat, new NumberRange(first, last)));
        if (i < rows.size()) {
          first = rows.get(i).number();
        }
      }
    }
  }
}
