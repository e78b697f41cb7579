package dev.tally.worker.drain.change;

import dev.tally.common.identity.ChatKey;
import dev.tally.common.identity.MessageKey;
import dev.tally.common.queue.Job;
import dev.tally.common.queue.MessageContent;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What the changes of a transaction do to messages. Changes are added in the order of their
 * numbers, those that were pending first.
 */
public final class ChangePlan {

  private final Map<MessageKey, MessageVersion> messages;
  private final Map<MessageKey, MessageVersion> changed = new TreeMap<>();
  private final List<Applied> added = new ArrayList<>();
  private final List<Applied> settled = new ArrayList<>();
  private final Map<ChatKey, Counts> counts = new LinkedHashMap<>();

  /**
   * A change, and what became of it.
   *
   * @param before what the message said before an applied edit; else null
   */
  record Applied(
      ChatKey chat, Job.ChangedMessage job, Effect effect, @Nullable MessageContent before) {}

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
   */
  public ChangePlan(Map<MessageKey, MessageVersion> messages) {
    this.messages = messages;
  }

  /** Adds a change that has a row already and waited for its message. */
  public void settle(ChatKey chat, Job.ChangedMessage job) {
    Applied applied = apply(chat, job);
    settled.add(applied);
    count(chat, new Counts(0, -1, isDeletion(applied) ? 1 : 0));
  }

  /** Adds a change that has no row yet. */
  public void add(ChatKey chat, Job.ChangedMessage job) {
    Applied applied = apply(chat, job);
    added.add(applied);
    boolean isPending = applied.effect() == Effect.PENDING;
    count(chat, new Counts(1, isPending ? 1 : 0, isDeletion(applied) ? 1 : 0));
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
    return new Applied(chat, job, effect, after.deletedAt() == null ? version.content() : null);
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
