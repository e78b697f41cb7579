package dev.tally.worker.drain.change;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tally.common.identity.ChatKey;
import dev.tally.common.identity.MessageKey;
import dev.tally.common.queue.Job;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The table of changes in memory, and the counts of chats. It answers what {@link ChangeRows} finds
 * in MySQL, and takes what that writes there.
 */
public final class ChangeTable {

  /** The counts of a chat that has no changes. */
  public static final List<Integer> NONE = List.of(0, 0, 0);

  /**
   * A change.
   *
   * @param before what the message said before an applied edit; null once the message is deleted
   */
  public record Entry(Job.ChangedMessage job, Effect effect, ChangePlan.@Nullable Before before) {}

  private final SortedMap<ChatKey, SortedMap<Long, Entry>> chats = new TreeMap<>();
  private final Map<ChatKey, ChangePlan.Counts> counts = new HashMap<>();

  /** The changes of each chat that has some, by number. */
  public SortedMap<ChatKey, SortedMap<Long, Entry>> chats() {
    return chats;
  }

  /** How many changes a chat has, how many of them are pending, and how many deleted messages. */
  public List<Integer> counts(ChatKey chat) {
    ChangePlan.Counts ofChat = counts.getOrDefault(chat, ChangePlan.Counts.NONE);
    return List.of(ofChat.changes(), ofChat.pending(), ofChat.deleted());
  }

  /** As {@link ChangeRows#fingerprints}. */
  public Map<ChangeRows.Key, Fingerprint> fingerprints(SortedMap<ChatKey, List<Long>> numbers) {
    Map<ChangeRows.Key, Fingerprint> found = new HashMap<>();
    numbers.forEach(
        (chat, ofChat) ->
            of(chat)
                .forEach(
                    (number, entry) -> {
                      if (ofChat.contains(number)) {
                        found.put(
                            new ChangeRows.Key(chat, number), Fingerprint.ofChange(entry.job()));
                      }
                    }));
    return found;
  }

  /** As {@link ChangeRows#pending}: a message that is named twice has its changes twice. */
  public List<ChangeRows.Pending> pending(SortedMap<ChatKey, List<Long>> messages) {
    List<ChangeRows.Pending> found = new ArrayList<>();
    messages.forEach(
        (chat, numbers) ->
            of(chat).values().stream()
                .filter(entry -> entry.effect() == Effect.PENDING)
                .forEach(
                    entry ->
                        numbers.stream()
                            .filter(number -> number == entry.job().message().number())
                            .forEach(_ -> found.add(new ChangeRows.Pending(chat, entry.job())))));
    return found;
  }

  /** Whether no change of a plan has the number of another. */
  public boolean takes(ChangePlan plan) {
    return plan.added().stream()
        .noneMatch(added -> of(added.chat()).containsKey(added.job().number()));
  }

  /** What a plan adds, in its order. */
  public static List<Job.ChangedMessage> added(ChangePlan plan) {
    return plan.added().stream().map(ChangeTable::job).toList();
  }

  /** As {@link ChangeRows#write}, except for messages. */
  public void write(ChangePlan plan) {
    for (ChangePlan.Applied added : plan.added()) {
      assertThat(put(added)).as("a change with the same number").isNull();
    }
    for (ChangePlan.Applied settled : plan.settled()) {
      assertThat(put(settled))
          .extracting(Entry::effect)
          .as("what a settled change was before")
          .isEqualTo(Effect.PENDING);
    }
    plan.changed()
        .forEach(
            (message, version) -> {
              if (version.deletedAt() != null) {
                blank(message);
              }
            });
    plan.counts().forEach((chat, more) -> counts.merge(chat, more, ChangePlan.Counts::plus));
  }

  private @Nullable Entry put(ChangePlan.Applied applied) {
    return chats
        .computeIfAbsent(applied.chat(), _ -> new TreeMap<>())
        .put(applied.job().number(), new Entry(job(applied), applied.effect(), applied.before()));
  }

  /** No test here changes chats. */
  private static Job.ChangedMessage job(ChangePlan.Applied applied) {
    return (Job.ChangedMessage) applied.job();
  }

  private void blank(MessageKey message) {
    of(message.chat())
        .replaceAll(
            (_, entry) ->
                entry.job().message().number() == message.number()
                    ? new Entry(entry.job(), entry.effect(), null)
                    : entry);
  }

  private SortedMap<Long, Entry> of(ChatKey chat) {
    return chats.getOrDefault(chat, new TreeMap<>());
  }
}
