package dev.tally.common.accept.counter;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.tally.common.identity.ChatName;
import dev.tally.common.partition.PartitionKeys;
import dev.tally.common.queue.Job;
import dev.tally.common.queue.WaitingJobs;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
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
  private static final class Numbers implements Consumer<Job> {

    private final Map<Parent, Long> highest = new HashMap<>();

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
      }
    }

    private void raise(Parent parent, long number) {
      highest.merge(parent, number, Math::max);
    }

    OptionalLong of(Parent parent) {
      Long number = highest.get(parent);
      return number == null ? OptionalLong.empty() : OptionalLong.of(number);
    }
  }

  /**
   * The highest number in the parent that a job in Redis has; 0 if the jobs only show that there is
   * such a chat, empty if they do not. A job that is persisted meanwhile may be missing.
   *
   * @throws org.springframework.dao.DataAccessException if Redis does not answer
   */
  OptionalLong highest(Parent parent) {
    Numbers numbers = new Numbers();
    waiting.forEachInRedis(parent.app(), numbers);
    return numbers.of(parent);
  }

  /**
   * The same for a parent whose counter belongs to an older epoch. Nothing has been accepted in it
   * since, so all such parents of a partition share one look at its jobs. A job that has been
   * persisted since then counts, too.
   *
   * @param run the present run of Redis
   * @param epoch the present epoch of the partition
   * @throws org.springframework.dao.DataAccessException if Redis does not answer
   */
  OptionalLong highestAtBeginning(PartitionKeys keys, String run, String epoch, Parent parent) {
    return beginnings
        .get(
            new Epoch(keys.partition(), run, epoch),
            _ -> {
              Numbers numbers = new Numbers();
              waiting.forEachInRedis(keys, numbers);
              return numbers;
            })
        .of(parent);
  }
}
