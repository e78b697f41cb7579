package dev.tally.common.accept;

import dev.tally.common.accept.counter.Parent;
import dev.tally.common.identity.AppToken;
import dev.tally.common.identity.ChatName;
import dev.tally.common.identity.Numbers;
import dev.tally.common.partition.PartitionKeys;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/** The counters of {@link AcceptModel}. A chat's changes are counted with its messages. */
final class CountersModel {

  /**
   * @param changes what stands in the field, null if the counter has none
   * @param access the same of an app's access state
   * @param deleted the change that deleted the chat, null if none has
   */
  private record Counter(
      long numbers,
      @Nullable String changes,
      @Nullable String access,
      @Nullable Long deleted,
      long epoch) {

    static final Counter NONE = new Counter(0, null, null, null, 0);

    Counter withNumbers(long now) {
      return new Counter(now, changes, access, deleted, epoch);
    }

    Counter withChanges(@Nullable String now) {
      return new Counter(numbers, now, access, deleted, epoch);
    }

    Counter withAccess(@Nullable String now) {
      return new Counter(numbers, changes, now, deleted, epoch);
    }

    Counter withDeleted(long change) {
      return new Counter(numbers, changes, access, change, epoch);
    }
  }

  private final Map<Parent, Counter> counters = new HashMap<>();

  /** What somebody wrote in place of a counter. */
  private final Map<Parent, Object> spoiled = new HashMap<>();

  /** Why the parent's app takes no writes; null if it takes some. */
  @Nullable Acceptance closed(Parent parent, long epoch) {
    Parent app = new Parent.App(parent.app());
    if (spoiled.get(app) instanceof String) {
      return owner(parent).equals(app)
          ? new Acceptance.CounterUnusable()
          : new Acceptance.UnknownAccess();
    }
    Counter counter = counters.get(app);
    Object access = null;
    if (spoiled.get(app) instanceof Map<?, ?> fields && epoch == 0) {
      access = fields.get(PartitionKeys.ACCESS);
    } else if (counter != null && counter.epoch() == epoch) {
      access = counter.access();
    }
    if (PartitionKeys.DELETED.equals(access)) {
      return new Acceptance.AppDeleted();
    }
    return PartitionKeys.OPEN.equals(access) ? null : new Acceptance.UnknownAccess();
  }

  /** Somebody deletes an app. */
  void delete(AppToken app) {
    Parent parent = new Parent.App(app);
    spoilAccess(app, PartitionKeys.DELETED);
    spoiled.computeIfPresent(
        parent,
        (_, content) -> {
          if (content instanceof String) {
            return content;
          }
          Map<Object, Object> fields = new HashMap<>((Map<?, ?>) content);
          fields.put(PartitionKeys.ACCESS, PartitionKeys.DELETED);
          return fields;
        });
  }

  /** Somebody writes to the access state of an app, or drops it if the text is null. */
  void spoilAccess(AppToken app, @Nullable String text) {
    counters.computeIfPresent(new Parent.App(app), (_, counter) -> counter.withAccess(text));
  }

  /** Why the parent gets no numbers, whatever the limits are; null if it gets them. */
  @Nullable Acceptance refusal(Parent parent, long mentioned, int count, long epoch) {
    Parent owner = owner(parent);
    if (spoiled.get(owner) instanceof String || isSpoiled(owner, epoch)) {
      return new Acceptance.CounterUnusable();
    }
    Counter counter = counters.get(owner);
    if (counter == null || counter.epoch() != epoch) {
      return new Acceptance.UnknownParent();
    }
    if (counter.deleted() != null) {
      return new Acceptance.ChatDeleted();
    }
    if (mentioned > counter.numbers()) {
      return new Acceptance.NoSuchMessage(counter.numbers());
    }
    if (parent instanceof Parent.Changes && !isNumber(counter.changes())) {
      return counter.changes() == null
          ? new Acceptance.UnknownParent()
          : new Acceptance.CounterUnusable();
    }
    if (parent instanceof Parent.App(AppToken app)
        && LongStream.rangeClosed(counter.numbers() + 1, counter.numbers() + count)
            .mapToObj(chat -> new Parent.Chat(new ChatName(app, chat)))
            .anyMatch(chat -> isInUse(chat, epoch) || isSpoiled(chat, epoch))) {
      return new Acceptance.CounterBehind();
    }
    return null;
  }

  /** Gives numbers out, and returns the first one. */
  long take(Parent parent, int count, long epoch) {
    Counter counter = counters.getOrDefault(owner(parent), new Counter(0, null, null, null, epoch));
    if (parent instanceof Parent.Unnumbered) {
      return 1;
    }
    if (parent instanceof Parent.Changes) {
      long changes = Long.parseLong(String.valueOf(counter.changes()));
      counters.put(owner(parent), counter.withChanges(Long.toString(changes + count)));
      return changes + 1;
    }
    long first = counter.numbers() + 1;
    counters.put(parent, counter.withNumbers(counter.numbers() + count));
    if (parent instanceof Parent.App(AppToken app)) {
      for (long number = first; number < first + count; number++) {
        Parent chat = new Parent.Chat(new ChatName(app, number));
        spoiled.remove(chat);
        counters.put(chat, new Counter(0, "0", null, null, epoch));
      }
    }
    return first;
  }

  /** A change has deleted the chat. */
  void delete(Parent parent, long change) {
    counters.computeIfPresent(owner(parent), (_, counter) -> counter.withDeleted(change));
  }

  void recover(Parent parent, long highest, String highestChange, long epoch) {
    Parent owner = owner(parent);
    Object content = spoiled.remove(owner);
    Counter known = counters.getOrDefault(owner, Counter.NONE);
    boolean isInUse = isInUse(owner, epoch);
    String change = isInUse && isNumber(known.changes()) ? known.changes() : highestChange;
    if (!isInUse && isNumber(known.changes()) && isNumber(highestChange)) {
      long before = Long.parseLong(String.valueOf(known.changes()));
      change = Long.toString(Math.max(before, Long.parseLong(highestChange)));
    }
    boolean isDeleted =
        isInUse
            ? PartitionKeys.DELETED.equals(known.access())
            : epoch == 0
                && content instanceof Map<?, ?> fields
                && PartitionKeys.DELETED.equals(fields.get(PartitionKeys.ACCESS));
    String access = isDeleted ? PartitionKeys.DELETED : PartitionKeys.OPEN;
    counters.put(
        owner,
        new Counter(
            isInUse ? known.numbers() : Math.max(highest, known.numbers()),
            isNumber(change) ? change : isInUse ? known.changes() : null,
            owner instanceof Parent.App ? access : null,
            isInUse ? known.deleted() : null,
            epoch));
  }

  void lose(Parent parent) {
    counters.remove(owner(parent));
    spoiled.remove(owner(parent));
  }

  void spoil(Parent parent, Object content) {
    lose(parent);
    spoiled.put(owner(parent), content);
  }

  /** Whether there is a counter whose field of changes somebody can write to. */
  boolean has(Parent parent) {
    return counters.containsKey(owner(parent));
  }

  /** Somebody writes to the field of changes, or drops it if the text is null. */
  void spoilChanges(Parent parent, @Nullable String text) {
    counters.computeIfPresent(owner(parent), (_, counter) -> counter.withChanges(text));
  }

  /** The content of the keys, by their names. */
  Map<String, Object> held(Function<Parent, String> name) {
    Map<String, Object> held = new HashMap<>();
    counters.forEach(
        (parent, counter) -> {
          Map<String, String> fields = new HashMap<>();
          fields.put("numbers", Long.toString(counter.numbers()));
          if (counter.changes() != null) {
            fields.put("changes", counter.changes());
          }
          if (counter.deleted() != null) {
            fields.put("deleted", counter.deleted().toString());
          }
          if (counter.access() != null) {
            fields.put("access", counter.access());
          }
          if (counter.epoch() > 0) {
            fields.put("epoch", Long.toString(counter.epoch()));
          }
          held.put(name.apply(parent), fields);
        });
    spoiled.forEach((parent, content) -> held.put(name.apply(parent), content));
    return held;
  }

  private boolean isInUse(Parent parent, long epoch) {
    Counter counter = counters.get(parent);
    return counter != null && counter.epoch() == epoch;
  }

  /** Nobody can tell the epoch of what is no hash. */
  private boolean isSpoiled(Parent parent, long epoch) {
    return spoiled.containsKey(parent) && (epoch == 0 || spoiled.get(parent) instanceof String);
  }

  private static boolean isNumber(@Nullable String text) {
    return text != null && Numbers.count(text).isPresent();
  }

  private static Parent owner(Parent parent) {
    return switch (parent) {
      case Parent.App _, Parent.Chat _ -> parent;
      case Parent.Changes(ChatName chat) -> new Parent.Chat(chat);
      case Parent.Unnumbered(AppToken app) -> new Parent.App(app);
    };
  }
}
