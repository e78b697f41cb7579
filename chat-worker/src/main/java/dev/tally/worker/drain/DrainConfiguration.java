package dev.tally.worker.drain;

import dev.tally.common.epoch.Epochs;
import dev.tally.common.epoch.PartitionRows;
import dev.tally.common.queue.JobCodec;
import dev.tally.common.redis.BytesRedisTemplate;
import dev.tally.common.redis.KeyScan;
import dev.tally.worker.drain.batch.Persister;
import dev.tally.worker.drain.queue.QueueScripts;
import dev.tally.worker.outbox.SearchOutbox;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.PlatformTransactionManager;

/** Hands the settings of the drain to the parts that do not know them. */
@Configuration(proxyBeanMethods = false)
class DrainConfiguration {

  @Bean
  static QueueScripts queueScripts(
      BytesRedisTemplate redis,
      KeyScan scan,
      Epochs epochs,
      JdbcClient jdbc,
      DrainProperties properties) {
    return new QueueScripts(
        redis,
        scan,
        epochs,
        new PartitionRows(jdbc),
        properties.batchBytes(),
        properties.turnJobs(),
        properties.turnBytes());
  }

  @Bean
  Persister persister(
      PlatformTransactionManager transactions,
      JdbcClient jdbc,
      JdbcTemplate batches,
      JobCodec codec,
      SearchOutbox outbox,
      DrainProperties properties) {
    return new Persister(
        transactions, jdbc, batches, codec, outbox, properties.transactionTimeout());
  }
}
