package dev.tally.gateway.accept;

import dev.tally.common.queue.Job;
import dev.tally.common.queue.WaitingJobs;
import java.util.LongSummaryStatistics;
import java.util.OptionalLong;
import org.springframework.stereotype.Component;

/** The numbers that have been given out and are not persisted: those of the jobs in Redis. */
@Component
final class QueuedNumbers {

  private final WaitingJobs waiting;

  QueuedNumbers(WaitingJobs waiting) {
    this.waiting = waiting;
  }

  /**
   * The highest number in the parent that a job in Redis has; 0 if the jobs only show that there is
   * such a chat, empty if they do not. A job that is persisted meanwhile may be missing.
   *
   * @throws org.springframework.dao.DataAccessException if Redis does not answer
   */
  OptionalLong highest(Parent parent) {
    LongSummaryStatistics numbers = new LongSummaryStatistics();
    waiting.forEachInRedis(
        parent.app(),
        job -> {
          switch (parent) {
            case Parent.App _ -> numbers.accept(chat(job));
            case Parent.Chat(var name) -> {
              if (chat(job) == name.number()) {
                numbers.accept(job instanceof Job.NewMessage added ? added.message().number() : 0);
              }
            }
          }
        });
    return numbers.getCount() == 0 ? OptionalLong.empty() : OptionalLong.of(numbers.getMax());
  }

  private static long chat(Job job) {
    return switch (job) {
      case Job.NewChat added -> added.chat().number();
      case Job.NewMessage added -> added.message().chat().number();
    };
  }
}
