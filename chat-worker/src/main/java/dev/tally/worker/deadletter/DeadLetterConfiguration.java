package dev.tally.worker.deadletter;

import dev.tally.common.accept.AcceptConfiguration;
import dev.tally.common.accept.JobQueue;
import dev.tally.common.accept.QueueLimit;
import dev.tally.common.accept.QueueLimits;
import dev.tally.common.deadletter.DeadLetters;
import dev.tally.common.partition.RedisLayout;
import dev.tally.common.queue.JobCodec;
import dev.tally.common.queue.WaitingJobs;
import dev.tally.worker.numbers.Counters;
import dev.tally.worker.numbers.DeletedParents;
import dev.tally.worker.restore.VoidRows;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Profile;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.PlatformTransactionManager;

/** For the commands only: the service accepts no jobs. */
@Configuration(proxyBeanMethods = false)
@Profile("!service")
@Import(AcceptConfiguration.class)
class DeadLetterConfiguration {

  /** The job of a dead letter is in Redis already, so it needs no room in a queue. */
  @Bean
  QueueLimits queueLimits() {
    return _ -> QueueLimit.NONE;
  }

  @Bean
  Jobs deadLetterJobs(JobCodec codec) {
    return new Jobs(codec);
  }

  @Bean
  FreedNumbers freedNumbers(
      JdbcClient jdbc,
      PlatformTransactionManager transactions,
      VoidRows rows,
      WaitingJobs waiting,
      RedisLayout layout,
      Counters counters,
      DeadLetters letters,
      Jobs jobs) {
    return new FreedNumbers(jdbc, transactions, rows, waiting, layout, counters, letters, jobs);
  }

  @Bean
  WithdrawnDeletions withdrawnDeletions(
      DeletedParents deleted, StringRedisTemplate redis, RedisLayout layout) {
    return new WithdrawnDeletions(deleted, redis, layout);
  }

  @Bean
  Drop drop(DeadLetters letters, FreedNumbers numbers, WithdrawnDeletions deletions, Jobs jobs) {
    return new Drop(letters, numbers, deletions, jobs);
  }

  @Bean
  Resubmission resubmission(DeadLetters letters, FreedNumbers numbers, JobQueue queue, Jobs jobs) {
    return new Resubmission(letters, numbers, queue, jobs);
  }
}
