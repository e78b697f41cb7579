package dev.tally.worker.drain.change;

import dev.tally.common.identity.ChatKey;
import dev.tally.common.identity.MessageKey;
import dev.tally.common.queue.ChatContent;
import dev.tally.common.queue.Job;
import dev.tally.common.queue.MessageContent;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What the changes of a transaction do to messages and chats. Changes are added in the order of
 * their numbers, those that were pending first.
 */
public final class ChangePlan {

  private final Map<MessageKey, MessageVersion> messages;
  private final Map<ChatKey, ChatVersion> chats;
  private final Map<MessageKey, MessageVersion> changed = new TreeMap<>();
  private final Map<ChatKey, ChatVersion> changedChats = new TreeMap<>();
  private final List<Applied> added = new ArrayList<>();
  private final List<Applied> settled = new ArrayList<>();
  private final Map<ChatKey, Counts> counts = new LinkedHashMap<>();

  /**
   * A change, and what became of it.
   *
   * @param before what stood there before an applied edit; else null
   */
  record Applied(ChatKey chat, Job.Change job, Effect effect, @Nullable Before before) {}

  /**
   * What an edit has replaced.
   *
   * @param text the body of a message or the name of a chat; null if the chat had none
   */
  record Before(@Nullable String text, @Nullable String metadata) {

    static Before of(MessageContent content) {
      return new Before(content.body(), content.metadata());
    }

    static Before of(ChatContent content) {
      return new Before(content.name(), content.metadata());
    }
  }

  /** What is added to the counts of a chat. */
  record Counts(int changes, int pending, int deleted) {

    static final Counts NONE = new Counts(0, 0, 0);

    Counts plus(Counts other) {
      return new Counts(changes + other.changes, pending + other.pending, deleted + other.deleted);
    }
  }

  /**
   * A plan without changes.
   *
   * @param messages all messages that the changes may be about, as they are before: those that
   *     MySQL has, and those that the transaction adds
   * @param chats all chats that the changes may be about themselves, likewise
   */
  public ChangePlan(Map<MessageKey, MessageVersion> messages, Map<ChatKey, ChatVersion> chats) {
    this.messages = messages;
    this.chats = chats;
  }

  /** Adds a change that has a row already and waited for its message. */
  public void settle(ChatKey chat, Job.ChangedMessage job) {
    Applied applied = apply(chat, job);
    settled.add(applied);
    count(chat, new Counts(0, -1, isDeletion(applied) ? 1 : 0));
  }

  /**
   * Adds a change that has no row yet.
   *
   * @return false if its chat has been deleted: then the change adds nothing
   */
  public boolean add(ChatKey chat, Job.Change job) {
    if (isDeleted(chat)) {
      return false;
    }
    Applied applied =
        switch (job) {
          case Job.ChangedMessage change -> apply(chat, change);
          case Job.ChangedChat change -> apply(chat, change);
        };
    added.add(applied);
    boolean isPending = applied.effect() == Effect.PENDING;
    boolean deletesMessage = job instanceof Job.ChangedMessage && isDeletion(applied);
    count(chat, new Counts(1, isPending ? 1 : 0, deletesMessage ? 1 : 0));
    return true;
  }

  private boolean isDeleted(ChatKey chat) {
    ChatVersion version = changedChats.get(chat);
    return version != null && version.deletedAt() != null;
  }

  private Applied apply(ChatKey chat, Job.ChangedMessage job) {
    MessageKey key = new MessageKey(chat, job.message().number());
    MessageVersion version = changed.containsKey(key) ? changed.get(key) : messages.get(key);
    if (version == null) {
      return new Applied(chat, job, Effect.PENDING, null);
    }
    Effect effect = version.effectOf(job);
    if (effect != Effect.APPLIED) {
      return new Applied(chat, job, effect, null);
    }
    MessageVersion after = version.after(job);
    changed.put(key, after);
    boolean isEdit = after.deletedAt() == null;
    return new Applied(chat, job, effect, isEdit ? Before.of(version.content()) : null);
  }

  private Applied apply(ChatKey chat, Job.ChangedChat job) {
    ChatVersion version = changedChats.containsKey(chat) ? changedChats.get(chat) : chats.get(chat);
    if (version == null) {
      throw new IllegalStateException("nobody has looked for chat " + chat);
    }
    Effect effect = version.effectOf(job);
    if (effect != Effect.APPLIED) {
      return new Applied(chat, job, effect, null);
    }
    ChatVersion after = version.after(job);
    changedChats.put(chat, after);
    boolean isEdit = after.deletedAt() == null;
    return new Applied(chat, job, effect, isEdit ? Before.of(version.content()) : null);
  }

  private boolean isDeletion(Applied applied) {
    return applied.effect() == Effect.APPLIED && applied.before() == null;
  }

  private void count(ChatKey chat, Counts more) {
    counts.merge(chat, more, Counts::plus);
  }

  /** How many changes have no row yet. */
  public int addedCount() {
    return added.size();
  }

  /** The messages that say something else now, in key order. */
  public Map<MessageKey, MessageVersion> changed() {
    return changed;
  }

  /** When the messages that are deleted now were, in key order. */
  public Map<MessageKey, Instant> deleted() {
    Map<MessageKey, Instant> deleted = new TreeMap<>();
    changed.forEach(
        (message, version) -> {
          if (version.deletedAt() != null) {
            deleted.put(message, version.deletedAt());
          }
        });
    return deleted;
  }

  /** The chats of which something else is said now, in key order. */
  public Map<ChatKey, ChatVersion> changedChats() {
    return changedChats;
  }

  /** The changes that have no row yet. */
  List<Applied> added() {
    return added;
  }

  /** The changes that waited for their message. */
  List<Applied> settled() {
    return settled;
  }

  /** What is added to the counts, by chat. */
  Map<ChatKey, Counts> counts() {
    return counts;
  }
}
