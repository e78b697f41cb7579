package dev.tally.worker.drain;

import dev.tally.common.deadletter.DeadLetter;
import dev.tally.common.identity.AppToken;
import dev.tally.common.identity.ChatName;
import dev.tally.common.queue.Job;
import dev.tally.common.queue.MessageChange;
import dev.tally.common.queue.MessageContent;
import dev.tally.worker.drain.batch.Delivery;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** A model of the rows of one partition, and of the transactions that add to them. */
final class RowsModel {

  /**
   * What a transaction does not add.
   *
   * @param letters dead letters
   * @param taken the jobs whose numbers have other rows
   */
  record Rejected(List<String> letters, List<Job> taken) {

    private void add(DeadLetter.Reason reason, Delivery delivery) {
      letters.add(DrainModel.letter(reason, delivery));
    }

    private void addTaken(Delivery delivery) {
      add(DeadLetter.Reason.NUMBER_TAKEN, delivery);
      taken.add(delivery.job());
    }
  }

  private final List<String> apps;
  private final SortedMap<RowKey, Instant> chats = new TreeMap<>();
  private final SortedMap<RowKey, MessageModel> messages = new TreeMap<>();
  private final SortedMap<RowKey, ChangeModel> changes = new TreeMap<>();
  private final List<String> outbox = new ArrayList<>();
  private boolean isStorable = true;

  RowsModel(List<String> apps) {
    this.apps = apps;
  }

  RowsModel copy() {
    RowsModel copy = new RowsModel(apps);
    copy.chats.putAll(chats);
    copy.messages.putAll(messages);
    copy.changes.putAll(changes);
    copy.outbox.addAll(outbox);
    return copy;
  }

  /** Whether MySQL takes all values that were written since these rows were copied. */
  boolean isStorable() {
    return isStorable;
  }

  /** One transaction: chats, messages, the changes that waited for them, other changes. */
  Rejected persist(List<Delivery> deliveries) {
    Rejected rejected = new Rejected(new ArrayList<>(), new ArrayList<>());
    SortedSet<RowKey> added = new TreeSet<>();
    SortedSet<RowKey> changed = new TreeSet<>();
    List<Delivery> ofApps = new ArrayList<>();
    for (Delivery delivery : deliveries) {
      if (apps.contains(delivery.job().app().value())) {
        ofApps.add(delivery);
      } else {
        rejected.add(DeadLetter.Reason.APP_MISSING, delivery);
      }
    }
    for (Delivery delivery : ofApps) {
      if (delivery.job() instanceof Job.NewChat job) {
        addChat(delivery, job, rejected);
      }
    }
    for (Delivery delivery : ofApps) {
      if (delivery.job() instanceof Job.NewMessage job) {
        addMessage(delivery, job, added, rejected);
      }
    }
    for (ChangeModel change : List.copyOf(changes.values())) {
      if (change.isPending() && added.contains(change.message())) {
        apply(change.job(), true, changed);
      }
    }
    ofApps.stream()
        .filter(delivery -> delivery.job() instanceof Job.ChangedMessage)
        .sorted(Comparator.comparingLong(delivery -> ofChange(delivery).number()))
        .forEach(delivery -> addChange(delivery, ofChange(delivery), changed, rejected));
    // MySQL gets what a message says after the last change only.
    changed.forEach(key -> check(message(key).content()));
    appendRanges(added);
    changed.removeAll(added);
    appendRanges(changed);
    return rejected;
  }

  private static Job.ChangedMessage ofChange(Delivery delivery) {
    return (Job.ChangedMessage) delivery.job();
  }

  private void addChat(Delivery delivery, Job.NewChat job, Rejected rejected) {
    Instant there = chats.putIfAbsent(RowKey.of(job.chat(), 0), job.acceptedAt());
    if (there == null) {
      isStorable &= DrainHistory.isStorable(job.acceptedAt());
    } else if (!there.equals(job.acceptedAt())) {
      rejected.addTaken(delivery);
    }
  }

  private void addMessage(
      Delivery delivery, Job.NewMessage job, SortedSet<RowKey> added, Rejected rejected) {
    RowKey key = RowKey.of(job.message().chat(), job.message().number());
    MessageModel there = messages.get(key);
    if (!chats.containsKey(key.chatKey())) {
      rejected.add(DeadLetter.Reason.CHAT_MISSING, delivery);
    } else if (there == null) {
      messages.put(key, new MessageModel(job, List.of()));
      added.add(key);
      isStorable &= DrainHistory.isStorable(job.acceptedAt());
      check(job.content());
    } else if (!there.isOf(job)) {
      rejected.addTaken(delivery);
    }
  }

  private void addChange(
      Delivery delivery, Job.ChangedMessage job, SortedSet<RowKey> changed, Rejected rejected) {
    RowKey key = RowKey.of(job.message().chat(), job.number());
    ChangeModel there = changes.get(key);
    if (!chats.containsKey(key.chatKey())) {
      rejected.add(DeadLetter.Reason.CHAT_MISSING, delivery);
    } else if (there == null) {
      isStorable &= DrainHistory.isStorable(job.acceptedAt());
      isStorable &= job.author() == null || job.author().length() <= DrainHistory.MAX_AUTHOR;
      apply(job, false, changed);
    } else if (!there.job().equals(job)) {
      rejected.addTaken(delivery);
    }
  }

  private void apply(Job.ChangedMessage job, boolean hasWaited, SortedSet<RowKey> changed) {
    RowKey key = RowKey.of(job.message().chat(), job.message().number());
    MessageModel message = messages.get(key);
    String effect = message == null ? "pending" : message.effectOf(job);
    MessageContent before = null;
    if (message != null && effect.equals("applied")) {
      messages.put(key, message.after(job));
      changed.add(key);
      if (job.change() instanceof MessageChange.Edit) {
        before = message.content();
        check(before);
      }
    }
    ChangeModel change = new ChangeModel(job, effect, before, hasWaited);
    changes.put(RowKey.of(job.message().chat(), job.number()), change);
  }

  private void check(MessageContent content) {
    isStorable &= DrainHistory.isStorable(content);
  }

  /** A row for each run of consecutive numbers. */
  private void appendRanges(SortedSet<RowKey> keys) {
    for (RowKey first : keys) {
      if (!keys.contains(first.plus(-1))) {
        RowKey last = first;
        while (keys.contains(last.plus(1))) {
          last = last.plus(1);
        }
        outbox.add(
            "%d: %s %d %d-%d"
                .formatted(
                    DrainHistory.KEYS.partition(),
                    first.app(),
                    first.chat(),
                    first.number(),
                    last.number()));
      }
    }
  }

  private MessageModel message(RowKey key) {
    return Objects.requireNonNull(messages.get(key));
  }

  /** The highest number of an app's chats, 0 if it has none. */
  long highestChat(AppToken app) {
    return chats.keySet().stream()
        .filter(key -> key.app().equals(app.value()))
        .mapToLong(RowKey::chat)
        .max()
        .orElse(0);
  }

  /** The highest number of a chat's messages, 0 if it has none. */
  long highestMessage(ChatName chat) {
    return of(messages, RowKey.of(chat, 0)).keySet().stream()
        .mapToLong(RowKey::number)
        .max()
        .orElse(0);
  }

  /** The rows below a chat. */
  private static <R> SortedMap<RowKey, R> of(SortedMap<RowKey, R> rows, RowKey chat) {
    return rows.subMap(chat, new RowKey(chat.app(), chat.chat() + 1, 0));
  }

  /** What became of changes. */
  Set<String> happened() {
    Set<String> happened = new HashSet<>();
    for (ChangeModel change : changes.values()) {
      happened.add(change.effect() + (change.hasWaited() ? " after waiting" : ""));
      if (change.before() != null && isDeleted(change)) {
        happened.add("blanked");
      }
      if (change.effect().equals("none") && !isDeleted(change)) {
        happened.add("late");
      }
    }
    return happened;
  }

  private boolean isDeleted(ChangeModel change) {
    MessageModel message = messages.get(change.message());
    return message != null && message.isDeleted();
  }

  /** The counterpart of {@link RowsFound}. */
  Map<String, List<String>> expected() {
    List<String> chatRows = new ArrayList<>();
    List<String> messageRows = new ArrayList<>();
    List<String> changeRows = new ArrayList<>();
    chats.forEach(
        (key, at) ->
            chatRows.add(
                "%s %d: %d messages, %d changes, %d pending, %d deleted, created %s"
                    .formatted(
                        key.app(),
                        key.chat(),
                        of(messages, key).size(),
                        of(changes, key).size(),
                        of(changes, key).values().stream().filter(ChangeModel::isPending).count(),
                        of(messages, key).values().stream().filter(MessageModel::isDeleted).count(),
                        at)));
    messages.forEach((key, message) -> messageRows.add(row(key, message)));
    changes.forEach((key, change) -> changeRows.add(row(key, change.row(isDeleted(change)))));
    return Map.of(
        "apps",
        apps.stream()
            .map(
                app ->
                    "%s has %d"
                        .formatted(
                            app,
                            chats.keySet().stream().filter(key -> key.app().equals(app)).count()))
            .toList(),
        "chats",
        chatRows,
        "messages",
        messageRows,
        "changes",
        changeRows,
        "outbox",
        outbox.stream().sorted().toList());
  }

  private static String row(RowKey key, Object values) {
    return "%s %d %d: %s".formatted(key.app(), key.chat(), key.number(), values);
  }
}
