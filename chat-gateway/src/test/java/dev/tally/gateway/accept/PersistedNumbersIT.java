package dev.tally.gateway.accept;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tally.gateway.accept.PersistedNumbers.Absent;
import dev.tally.gateway.accept.PersistedNumbers.Highest;
import dev.tally.testkit.TestServers;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class PersistedNumbersIT {

  private static final String FULL = "a".repeat(32);
  private static final String EMPTY = "b".repeat(32);
  private static final String NONE = "c".repeat(32);

  private static PersistedNumbers persisted;

  @BeforeAll
  static void fill() {
    PersistedRows rows = PersistedRows.in(TestServers.wiped());
    rows.app(FULL);
    rows.chat(FULL, 1);
    rows.chat(FULL, 2);
    rows.chat(FULL, 11);
    rows.message(FULL, 1, 3);
    rows.message(FULL, 1, 20);
    rows.message(FULL, 11, 50);
    rows.app(EMPTY);
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
    assertThat(persisted.highest(new Parent.Chat(FULL, 1))).isEqualTo(new Highest(20));
    assertThat(persisted.highest(new Parent.Chat(FULL, 11))).isEqualTo(new Highest(50));
  }

  @Test
  void aChatWithoutMessagesIsAtZero() {
    assertThat(persisted.highest(new Parent.Chat(FULL, 2))).isEqualTo(new Highest(0));
  }

  @Test
  void theAbsentPartIsNamed() {
    assertThat(persisted.highest(new Parent.App(NONE))).isEqualTo(Absent.APP);
    assertThat(persisted.highest(new Parent.Chat(NONE, 1))).isEqualTo(Absent.APP);
    assertThat(persisted.highest(new Parent.Chat(FULL, 3))).isEqualTo(Absent.CHAT);
    assertThat(persisted.highest(new Parent.Chat(EMPTY, 1))).isEqualTo(Absent.CHAT);
  }
}
