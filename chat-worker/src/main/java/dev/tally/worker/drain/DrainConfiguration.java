package dev.tally.worker.drain;

import dev.tally.worker.drain.batch.Persister;
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
  Persister persister(
      PlatformTransactionManager transactions,
      JdbcClient jdbc,
      JdbcTemplate batches,
      SearchOutbox outbox,
      DrainProperties properties) {
    return new Persister(transactions, jdbc, batches, outbox, properties.transactionTimeout());
  }
}
