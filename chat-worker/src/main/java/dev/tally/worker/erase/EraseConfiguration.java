package dev.tally.worker.erase;

import dev.tally.common.accept.AcceptConfiguration;
import dev.tally.common.accept.QueueLimit;
import dev.tally.common.accept.QueueLimits;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Profile;

/** The queue that deletions of an author's messages go to. The commands have one of their own. */
@Configuration(proxyBeanMethods = false)
@Profile("service")
@Import(AcceptConfiguration.class)
class EraseConfiguration {

  /** A fraction of what gateways may queue: the writes of clients go first. */
  private static final QueueLimit LIMIT = QueueLimit.of(10_000, 8_000_000, 10_000, 8_000_000);

  @Bean
  QueueLimits queueLimits() {
    return _ -> LIMIT;
  }
}
