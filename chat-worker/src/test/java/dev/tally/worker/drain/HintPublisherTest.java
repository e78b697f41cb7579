package dev.tally.worker.drain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tally.common.hint.Hint;
import dev.tally.common.identity.AppToken;
import dev.tally.common.identity.ChatName;
import dev.tally.common.identity.MessageName;
import dev.tally.common.queue.ChatContent;
import dev.tally.common.queue.Job;
import dev.tally.common.queue.MessageChange;
import dev.tally.common.queue.MessageContent;
import dev.tally.worker.drain.batch.Delivery;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class HintPublisherTest {

  private static final AppToken APP = new AppToken("a".repeat(32));
  private static final ChatName FIRST = new ChatName(APP, 1);
  private static final ChatName SECOND = new ChatName(APP, 2);

  @Test
  void eachChatHasAHintOfItsMessagesAndOneOfItsChanges() {
    assertThat(
            hints(
                message(FIRST, 4),
                change(FIRST, 17),
                message(SECOND, 1),
                change(FIRST, 16),
                message(FIRST, 3)))
        .containsExactlyInAnyOrder(
            new Hint.NewMessages(FIRST, 4, 2),
            new Hint.NewMessages(SECOND, 1, 1),
            new Hint.NewChanges(FIRST, 17));
  }

  @Test
  void aChatThatIsNewHasNothingToTellOf() {
    assertThat(hints(new Job.NewChat(FIRST, new ChatContent(null, null), Instant.EPOCH, null)))
        .isEmpty();
  }

  private static List<Hint> hints(Job... jobs) {
    return HintPublisher.hints(Stream.of(jobs).map(job -> new Delivery(new byte[0], job)).toList());
  }

  private static Job message(ChatName chat, long number) {
    return new Job.NewMessage(
        new MessageName(chat, number),
        new MessageContent("x", null, null, null),
        Instant.EPOCH,
        null);
  }

  private static Job change(ChatName chat, long number) {
    return new Job.ChangedMessage(
        new MessageName(chat, 1),
        number,
        new MessageChange.Deletion(),
        null,
        null,
        Instant.EPOCH,
        null);
  }
}
