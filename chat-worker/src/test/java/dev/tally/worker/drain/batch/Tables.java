package dev.tally.worker.drain.batch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tally.common.identity.AppToken;
import dev.tally.common.identity.ChatKey;
import dev.tally.common.identity.ChatName;
import dev.tally.common.identity.MessageKey;
import dev.tally.common.identity.MessageName;
import dev.tally.common.queue.ChatContent;
import dev.tally.common.queue.Job;
import dev.tally.common.queue.MessageChange;
import dev.tally.common.queue.MessageContent;
import dev.tally.worker.drain.batch.RowReads.LockedApp;
import dev.tally.worker.drain.batch.RowReads.LockedChat;
import dev.tally.worker.drain.change.ChangeRows;
import dev.tally.worker.drain.change.ChangeTable;
import dev.tally.worker.drain.change.Effect;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The tables in memory. They answer what a batch looks for, and take what its plan writes. */
final class Tables {

  static final int PARTITION = 3;

  /** Two apps that exist, and one that does not. */
  static final List<AppToken> TOKENS =
      Stream.of("1", "2", "3").map(digit -> new AppToken(digit.repeat(32))).toList();

  private static final Map<AppToken, Long> IDS = Map.of(TOKENS.get(0), 11L, TOKENS.get(1), 12L);

  static final Instant NOW = Instant.parse("2026-02-03T04:05:06.789012Z");

  final SortedMap<ChatKey, Row.Chat> chats = new TreeMap<>();
  final SortedMap<MessageKey, Row.Message> messages = new TreeMap<>();
  final ChangeTable changes = new ChangeTable();

  /** The messages as they were created. */
  final SortedMap<MessageKey, Row.Message> created = new TreeMap<>();

  private final Map<Long, Long> chatsCounts = new HashMap<>(Map.of(11L, 0L, 12L, 0L));
  private final Map<ChatKey, Long> messagesCounts = new HashMap<>();

  static Delivery chat(int app, long number, int variant) {
    return delivery(
        new Job.NewChat(name(app, number), ChatContent.NONE, NOW.plusSeconds(variant), null));
  }

  static Delivery message(int app, long chat, long number, String body) {
    return delivery(
        new Job.NewMessage(
            new MessageName(name(app, chat), number), MessageContent.of(body), NOW, null));
  }

  static Delivery change(
      int app,
      long chat,
      long number,
      long message,
      MessageChange change,
      @Nullable Long expectedRevision) {
    return delivery(
        new Job.ChangedMessage(
            new MessageName(name(app, chat), message),
            number,
            change,
            null,
            expectedRevision,
            NOW.plusSeconds(60 + number),
            null));
  }

  private static ChatName name(int app, long number) {
    return new ChatName(TOKENS.get(app), number);
  }

  private static Delivery delivery(Job job) {
    return new Delivery(job.toString().getBytes(StandardCharsets.UTF_8), job);
  }

  /** The id of a job's app, null if the app does not exist. */
  static @Nullable Long id(Job job) {
    return IDS.get(job.app());
  }

  static Row.Chat row(long app, Job.NewChat chat) {
    return Row.Chat.created(
        new ChatKey(app, chat.chat().number()), chat.acceptedAt(), chat.content());
  }

  static Row.Message row(long app, Job.NewMessage message) {
    ChatKey chat = new ChatKey(app, message.message().chat().number());
    return Row.Message.created(
        new MessageKey(chat, message.message().number()), message.acceptedAt(), message.content());
  }

  BatchJobs jobs(List<Delivery> deliveries, boolean trustCounts) {
    Map<AppToken, LockedApp> apps = new HashMap<>();
    for (AppToken token : BatchJobs.tokens(deliveries)) {
      Long id = IDS.get(token);
      if (id != null) {
        apps.put(token, new LockedApp(id, chatsCounts.getOrDefault(id, 0L), false));
      }
    }
    return BatchJobs.of(deliveries, apps, trustCounts);
  }

  Map<ChatKey, LockedChat> locked(BatchJobs jobs) {
    Map<ChatKey, LockedChat> locked = new HashMap<>();
    for (ChatKey key : jobs.chatsToLock()) {
      if (chats.containsKey(key)) {
        List<Integer> counts = changes.counts(key);
        locked.put(
            key,
            new LockedChat(
                messagesCounts.getOrDefault(key, 0L), counts.get(0), counts.get(1), false));
      }
    }
    return locked;
  }

  BatchPlan plan(List<Delivery> deliveries, boolean trustCounts) {
    BatchJobs jobs = jobs(deliveries, trustCounts);
    Map<ChatKey, Row.Chat> foundChats = new HashMap<>(chats);
    foundChats
        .keySet()
        .removeIf(
            key -> !jobs.chatsToFind().getOrDefault(key.appId(), List.of()).contains(key.number()));
    Map<ChatKey, LockedChat> locked = locked(jobs);
    Map<MessageKey, Row.Message> foundMessages = new HashMap<>(messages);
    foundMessages
        .keySet()
        .removeIf(
            key ->
                !jobs.messagesToFind(locked)
                    .getOrDefault(key.chat(), List.of())
                    .contains(key.number()));
    Map<ChangeRows.Key, Row.Change> foundChanges = new HashMap<>();
    changes
        .fingerprints(jobs.changesToFind(locked))
        .forEach((key, fingerprint) -> foundChanges.put(key, new Row.Change(key, fingerprint)));
    return BatchPlan.of(
        jobs,
        new BatchPlan.Existing(
            foundChats,
            locked,
            foundMessages,
            foundChanges,
            changes.pending(jobs.messagesToSettle(locked))),
        PARTITION);
  }

  /** Whether no row of a plan violates a primary key. */
  boolean take(BatchPlan plan) {
    return plan.chats().stream().noneMatch(chat -> chats.containsKey(chat.row().key()))
        && plan.messages().stream().noneMatch(message -> messages.containsKey(message.key()))
        && changes.takes(plan.changes());
  }

  /** Writes in the order of a transaction. */
  void write(BatchPlan plan) {
    plan.chats()
        .forEach(
            chat -> {
              assertThat(chats.put(chat.row().key(), chat.row())).isNull();
              messagesCounts.put(chat.row().key(), (long) chat.messagesCount());
            });
    plan.addedChats().forEach((app, added) -> chatsCounts.merge(app, (long) added, Long::sum));
    plan.messages()
        .forEach(
            message -> {
              assertThat(chats)
                  .as("chats, when a message is inserted")
                  .containsKey(message.key().chat());
              assertThat(messages.put(message.key(), message)).isNull();
              created.put(message.key(), message);
            });
    plan.addedMessages()
        .forEach((chat, added) -> messagesCounts.merge(chat, (long) added, Long::sum));
    changes.write(plan.changes());
    plan.changes()
        .changed()
        .forEach(
            (key, version) ->
                messages.computeIfPresent(
                    key,
                    (_, row) ->
                        new Row.Message(
                            key,
                            row.createdAt(),
                            version,
                            row.created() == null ? plan.created().get(key) : row.created())));
  }

  /** Writes a batch as the persister does. */
  BatchPlan persist(List<Delivery> deliveries) {
    BatchPlan trusting = plan(deliveries, true);
    BatchPlan plan = take(trusting) ? trusting : plan(deliveries, false);
    write(plan);
    return plan;
  }

  void checkCounts() {
    chatsCounts.forEach(
        (app, count) ->
            assertThat(chats.keySet().stream().filter(key -> key.appId() == app))
                .as("chats of app %d", app)
                .hasSize(Math.toIntExact(count)));
    assertThat(messagesCounts.keySet()).isEqualTo(chats.keySet());
    messagesCounts.forEach(
        (chat, count) ->
            assertThat(messages.keySet().stream().filter(key -> key.chat().equals(chat)))
                .as("messages of %s", chat)
                .hasSize(Math.toIntExact(count)));
    assertThat(chats.keySet()).containsAll(changes.chats().keySet());
    chats
        .keySet()
        .forEach(
            chat -> {
              Collection<ChangeTable.Entry> ofChat =
                  changes.chats().getOrDefault(chat, new TreeMap<>()).values();
              assertThat(changes.counts(chat))
                  .as("changes, pending ones and deleted messages of %s", chat)
                  .containsExactly(
                      ofChat.size(),
                      (int)
                          ofChat.stream().filter(entry -> entry.effect() == Effect.PENDING).count(),
                      (int)
                          messages.values().stream()
                              .filter(row -> row.key().chat().equals(chat))
                              .filter(row -> row.version().deletedAt() != null)
                              .count());
            });
  }
}
