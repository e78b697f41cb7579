package dev.tally.worker.drain.batch;

import dev.tally.common.deadletter.DeadLetter;
import dev.tally.common.identity.ChatKey;
import dev.tally.common.queue.Job;
import dev.tally.worker.drain.change.ChangeRows;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What the jobs of a batch are, decided one by one. */
final class Verdicts {

  final List<Row<?>> chats = new ArrayList<>();
  final List<Row<?>> messages = new ArrayList<>();
  final List<Job.ChangedMessage> changes = new ArrayList<>();
  final List<Rejection> rejections = new ArrayList<>();
  int redelivered;

  /** The changes that are persisted, and those that the batch adds, by key. */
  private final Map<ChangeRows.Key, Job.ChangedMessage> changeJobs = new HashMap<>();

  /** The rows that are persisted, and those that the batch adds, by key. */
  private final Map<Object, Row<?>> rows = new HashMap<>();

  static Verdicts of(List<Delivery> batch, Tables tables) {
    Verdicts verdicts = new Verdicts();
    verdicts.rows.putAll(tables.chats);
    verdicts.rows.putAll(tables.created);
    tables
        .changes
        .chats()
        .forEach(
            (chat, ofChat) ->
                ofChat.forEach(
                    (number, entry) ->
                        verdicts.changeJobs.put(new ChangeRows.Key(chat, number), entry.job())));
    // Chats first: a message may be delivered before the chat that the same batch adds.
    batch.forEach(verdicts::decideChat);
    batch.forEach(verdicts::decideMessage);
    batch.forEach(verdicts::decideChange);
    return verdicts;
  }

  private void decideChat(Delivery delivery) {
    Long app = Tables.id(delivery.job());
    if (app == null) {
      reject(delivery, DeadLetter.Reason.APP_MISSING);
    } else if (delivery.job() instanceof Job.NewChat chat) {
      Row.Chat row = Tables.row(app, chat);
      decide(delivery, row, chats);
    }
  }

  private void decideMessage(Delivery delivery) {
    Long app = Tables.id(delivery.job());
    if (app != null && delivery.job() instanceof Job.NewMessage message) {
      Row.Message row = Tables.row(app, message);
      ChatKey chat = row.key().chat();
      if (rows.containsKey(chat)) {
        decide(delivery, row, messages);
      } else {
        reject(delivery, DeadLetter.Reason.CHAT_MISSING);
      }
    }
  }

  private void decideChange(Delivery delivery) {
    Long app = Tables.id(delivery.job());
    if (app != null && delivery.job() instanceof Job.ChangedMessage change) {
      ChatKey chat = new ChatKey(app, change.message().chat().number());
      if (!rows.containsKey(chat)) {
        reject(delivery, DeadLetter.Reason.CHAT_MISSING);
        return;
      }
      Job.ChangedMessage other =
          changeJobs.putIfAbsent(new ChangeRows.Key(chat, change.number()), change);
      if (other == null) {
        changes.add(change);
      } else if (other.equals(change)) {
        redelivered++;
      } else {
        reject(delivery, DeadLetter.Reason.NUMBER_TAKEN);
      }
    }
  }

  private <K> void decide(Delivery delivery, Row<K> row, List<Row<?>> added) {
    Row<?> other = rows.putIfAbsent(row.key(), row);
    if (other == null) {
      added.add(row);
    } else if (other.equals(row)) {
      redelivered++;
    } else {
      reject(delivery, DeadLetter.Reason.NUMBER_TAKEN);
    }
  }

  private void reject(Delivery delivery, DeadLetter.Reason reason) {
    rejections.add(Rejection.of(delivery, reason));
  }
}
