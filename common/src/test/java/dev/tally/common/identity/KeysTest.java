package dev.tally.common.identity;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** The order of keys is the order in which workers lock rows, so it must be MySQL's. */
class KeysTest {

  @Test
  void chatsLieByAppAndNumber() {
    List<ChatKey> sorted =
        List.of(new ChatKey(1, 9), new ChatKey(1, 10), new ChatKey(2, 1), new ChatKey(10, 1));

    assertThat(new TreeSet<>(sorted.reversed())).containsExactlyElementsOf(sorted);
  }

  @Test
  void messagesLieByChatAndNumber() {
    ChatKey first = new ChatKey(1, 9);
    ChatKey second = new ChatKey(1, 10);
    List<MessageKey> sorted =
        List.of(new MessageKey(first, 9), new MessageKey(first, 10), new MessageKey(second, 1));

    assertThat(new TreeSet<>(sorted.reversed())).containsExactlyElementsOf(sorted);
  }
}
