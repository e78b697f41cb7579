package dev.tally.api.stream;

import dev.tally.common.log.LoggedFault;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;

/**
 * Finds messages and changes whose hints were lost. One query asks for many chats, and only for
 * chats that have open streams and have had no hint of messages since the last poll.
 */
@Component
final class Poll {

  private static final Logger log = LoggerFactory.getLogger(Poll.class);

  private final Streams streams;
  private final HighestNumbers highestNumbers;
  private final Duration interval;
  private final Counter woken;
  private int failures;

  Poll(
      Streams streams,
      HighestNumbers highestNumbers,
      StreamProperties properties,
      MeterRegistry meters) {
    this.streams = streams;
    this.highestNumbers = highestNumbers;
    this.interval = properties.poll();
    this.woken =
        Counter.builder("tally.streams.woken")
            .description("Chats whose streams were woken by news of messages or changes")
            .tag("by", "poll")
            .register(meters);
  }

  @Scheduled(fixedDelayString = "${tally.api.stream.poll}")
  void poll() {
    List<ChatWatch> silent =
        streams.watches().stream().filter(watch -> watch.isSilentFor(interval)).toList();
    try {
      for (int i = 0; i < silent.size(); i += HighestNumbers.MAX_CHATS) {
        int end = Math.min(silent.size(), i + HighestNumbers.MAX_CHATS);
        woken.increment(highestNumbers.raise(silent.subList(i, end)));
      }
      failures = 0;
    } catch (DataAccessException | TransactionException e) {
      if (failures++ % 60 == 0) {
        log.warn(
            "Could not poll {} chats for new messages, trying again: {}",
            silent.size(),
            LoggedFault.line(e));
      }
    }
  }
}
