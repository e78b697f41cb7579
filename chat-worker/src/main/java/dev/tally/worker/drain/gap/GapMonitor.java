package dev.tally.worker.drain.gap;

import dev.tally.common.accept.counter.Parent;
import dev.tally.common.identity.NumberRange;
import dev.tally.common.log.LoggedToken;
import dev.tally.worker.numbers.MissingNumbers;
import dev.tally.worker.numbers.NumberSearch;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** Logs and counts the gaps that were persisted. */
@Component
public final class GapMonitor {

  private static final Logger log = LoggerFactory.getLogger(GapMonitor.class);

  private final NumberSearch search;
  private final Counter chats;
  private final Counter messages;
  private final Counter changes;

  GapMonitor(NumberSearch search, MeterRegistry meters) {
    this.search = search;
    this.chats = gaps("chat", meters);
    this.messages = gaps("message", meters);
    this.changes = gaps("change", meters);
  }

  private static Counter gaps(String kind, MeterRegistry meters) {
    return Counter.builder("tally.gaps")
        .description("Numbers below a persisted one that are in no row, job or dead letter")
        .tag("kind", kind)
        .register(meters);
  }

  /**
   * Reports those of the numbers that are gaps. The others are dead letters, or jobs of the claimed
   * batch that become some.
   *
   * @param skipped the numbers that a transaction has left out; afterwards, the gaps
   * @throws org.springframework.dao.DataAccessException if Redis or MySQL does not answer; nothing
   *     is reported
   */
  public void report(int partition, MissingNumbers skipped) {
    search.look(skipped);
    long undecodable = search.look(skipped);
    skipped.forEach((parent, numbers) -> report(partition, parent, numbers, undecodable));
  }

  private void report(int partition, Parent parent, NumberRange numbers, long undecodable) {
    switch (parent) {
      case Parent.App _ -> chats.increment((double) numbers.size());
      case Parent.Chat _ -> messages.increment((double) numbers.size());
      case Parent.Changes _ -> changes.increment((double) numbers.size());
      case Parent.Unnumbered _ -> throw new IllegalArgumentException("it has no numbers");
    }
    log.error(
        "partition {}: a gap is persisted in {}: no row, job or dead letter has {}{}; what was"
            + " accepted there is lost",
        partition,
        LoggedToken.in(parent.name()),
        parent.children(numbers),
        undecodable == 0 ? "" : ", unless it is one that nobody can decode");
  }
}
