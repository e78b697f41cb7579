package dev.tally.common.accept.counter;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.tally.common.identity.AppToken;
import dev.tally.common.identity.ChatName;
import dev.tally.common.partition.PartitionKeys;
import dev.tally.common.queue.ChatChange;
import dev.tally.common.queue.Job;
import dev.tally.common.queue.WaitingJobs;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Consumer;

/** The numbers that have been given out and are not persisted: those of the jobs in Redis. */
final class QueuedNumbers {

  private final WaitingJobs waiting;

  /** The numbers with which epochs began. A full queue has many, so they are soon forgotten. */
  private final Cache<Epoch, Numbers> beginnings =
      Caffeine.newBuilder().expireAfterAccess(Duration.ofMinutes(1)).build();

  QueuedNumbers(WaitingJobs waiting) {
    this.waiting = waiting;
  }

  /** A run is part of it: when both servers are set back, an epoch may begin a second time. */
  private record Epoch(int partition, String run, String epoch) {}

  /** The highest number of each parent that jobs name; 0 for a chat without messages. */
  static final class Numbers implements Consumer<Job> {

    private final Map<Parent, Long> highest = new HashMap<>();
    private final Set<ChatName> deleted = new HashSet<>();

    @Override
    public void accept(Job job) {
      switch (job) {
        case Job.NewChat added -> {
          raise(new Parent.App(added.app()), added.chat().number());
          raise(new Parent.Chat(added.chat()), 0);
        }
        case Job.NewMessage added -> {
          raise(new Parent.App(added.app()), added.message().chat().number());
          raise(new Parent.Chat(added.message().chat()), added.message().number());
        }
        case Job.ChangedMessage change -> {
          ChatName chat = change.message().chat();
          raise(new Parent.App(change.app()), chat.number());
          raise(new Parent.Chat(chat), change.message().number());
          raise(new Parent.Changes(chat), change.number());
        }
        case Job.ChangedChat change -> {
          raise(new Parent.App(change.app()), change.chat().number());
          raise(new Parent.Chat(change.chat()), 0);
          raise(new Parent.Changes(change.chat()), change.number());
          if (change.change() instanceof ChatChange.Deletion) {
            deleted.add(change.chat());
          }
        }
        case Job.ErasedAuthor _ -> {}
      }
    }

    private void raise(Parent parent, long number) {
      highest.merge(parent, number, Math::max);
    }

    /** Whether a job deletes the chat. */
    boolean delete(ChatName chat) {
      return deleted.contains(chat);
    }

    /**
     * The highest number in the parent that a job has; 0 if the jobs only show that there is such a
     * chat, empty if they do not.
     */
    OptionalLong of(Parent parent) {
      Long number = highest.get(parent);
      if (number != null) {
        return OptionalLong.of(number);
      }
      boolean isKnown =
          parent instanceof Parent.Changes(ChatName chat)
              && highest.containsKey(new Parent.Chat(chat));
      return isKnown ? OptionalLong.of(0) : OptionalLong.empty();
    }
  }

  /**
   * The numbers of an app's jobs. A job that is persisted meanwhile may be missing.
   *
   * @throws org.springframework.dao.DataAccessException if Redis does not answer
   */
  Numbers of(AppToken app) {
    Numbers numbers = new Numbers();
    waiting.forEachInRedis(app, numbers);
    return numbers;
  }

  /**
   * The same for parents whose counters belong to an older epoch. Nothing has been accepted in them
   * since, so all such parents of a partition share one look at its jobs. A job that has been
   * persisted since then counts, too.
   *
   * @param run the present run of Redis
   * @param epoch the present epoch of the partition
   * @throws org.springframework.dao.DataAccessException if Redis does not answer
   */
  Numbers atBeginning(PartitionKeys keys, String run, String epoch) {
    return beginnings.get(
        new Epoch(keys.partition(), run, epoch),
        _ -> {
          Numbers numbers = new Numbers();
          waiting.forEachInRedis(keys, numbers);
          return numbers;
        });
  }
}
