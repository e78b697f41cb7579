package dev.tally.worker.drain.batch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tally.common.identity.AppToken;
import dev.tally.common.identity.ChatName;
import dev.tally.common.identity.MessageName;
import dev.tally.common.queue.Job;
import dev.tally.common.queue.MessageChange;
import dev.tally.common.queue.MessageContent;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class DeliveryTest {

  private static final ChatName CHAT = new ChatName(new AppToken("%032x".formatted(1)), 1);
  private static final Instant NOW = Instant.parse("2026-02-03T04:05:06.789012Z");

  /** Each has its message read, which may have 44,000 bytes. */
  @Test
  void aTransactionTakesAHundredChanges() {
    assertThat(Delivery.first(changes(250), 1_000)).hasSize(100);
    assertThat(Delivery.first(changes(100), 1_000)).hasSize(100);
    assertThat(Delivery.first(changes(250), 30)).hasSize(30);
  }

  @Test
  void messagesDoNotCountAsChanges() {
    assertThat(Delivery.first(messages(1_500), 1_000)).hasSize(1_000);
    List<Delivery> mixed = new ArrayList<>(messages(40));
    mixed.addAll(changes(101));
    mixed.addAll(messages(5));
    assertThat(Delivery.first(mixed, 1_000)).hasSize(140);
    assertThat(Delivery.first(List.of(), 1_000)).isEmpty();
  }

  private static List<Delivery> changes(int count) {
    return deliveries(
        count,
        number ->
            new Job.ChangedMessage(
                new MessageName(CHAT, 1),
                number,
                new MessageChange.Deletion(),
                null,
                null,
                NOW,
                null));
  }

  private static List<Delivery> messages(int count) {
    return deliveries(
        count,
        number ->
            new Job.NewMessage(new MessageName(CHAT, number), MessageContent.of("hi"), NOW, null));
  }

  private static List<Delivery> deliveries(int count, IntFunction<? extends Job> job) {
    return IntStream.rangeClosed(1, count)
        .mapToObj(number -> new Delivery(new byte[0], job.apply(number)))
        .toList();
  }
}
