package dev.tally.common.accept.counter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tally.common.accept.counter.PersistedNumbers.Absent;
import dev.tally.common.accept.counter.PersistedNumbers.Highest;
import dev.tally.common.identity.AppToken;
import dev.tally.common.identity.ChatName;
import dev.tally.testkit.PersistedRows;
import dev.tally.testkit.TestServers;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class PersistedNumbersIT {

  private static final AppToken FULL = new AppToken("a".repeat(32));
  private static final AppToken EMPTY = new AppToken("b".repeat(32));
  private static final AppToken NONE = new AppToken("c".repeat(32));

  private static PersistedNumbers persisted;

  @BeforeAll
  static void fill() {
    PersistedRows rows = PersistedRows.in(TestServers.wiped());
    rows.app(FULL.value());
    rows.chat(FULL.value(), 1);
    rows.chat(FULL.value(), 2);
    rows.chat(FULL.value(), 11);
    rows.message(FULL.value(), 1, 3);
    rows.message(FULL.value(), 1, 20);
    rows.message(FULL.value(), 11, 50);
    rows.app(EMPTY.value());
    persisted = new PersistedNumbers(rows.mysql());
  }

  @Test
  void anAppHasAHighestChat() {
    assertThat(persisted.highest(new Parent.App(FULL))).isEqualTo(new Highest(11));
  }

  @Test
  void anAppWithoutChatsIsAtZero() {
    assertThat(persisted.highest(new Parent.App(EMPTY))).isEqualTo(new Highest(0));
  }

  @Test
  void aChatHasAHighestMessage() {
    assertThat(persisted.highest(new Parent.Chat(new ChatName(FULL, 1))))
        .isEqualTo(new Highest(20));
    assertThat(persisted.highest(new Parent.Chat(new ChatName(FULL, 11))))
        .isEqualTo(new Highest(50));
  }

  @Test
  void aChatWithoutMessagesIsAtZero() {
    assertThat(persisted.highest(new Parent.Chat(new ChatName(FULL, 2)))).isEqualTo(new Highest(0));
  }

  @Test
  void theAbsentPartIsNamed() {
    assertThat(persisted.highest(new Parent.App(NONE))).isEqualTo(Absent.APP);
    assertThat(persisted.highest(new Parent.Chat(new ChatName(NONE, 1)))).isEqualTo(Absent.APP);
    assertThat(persisted.highest(new Parent.Chat(new ChatName(FULL, 3)))).isEqualTo(Absent.CHAT);
    assertThat(persisted.highest(new Parent.Chat(new ChatName(EMPTY, 1)))).isEqualTo(Absent.CHAT);
  }
}
