package dev.tally.api.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tally.api.chat.Chats;
import dev.tally.common.identity.ChatKey;
import dev.tally.common.identity.ChatName;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

class HighestNumbersIT {

  private static RunningApi api;
  private static HighestNumbers highestNumbers;

  @BeforeAll
  static void start() {
    api = new RunningApi();
    highestNumbers = api.bean(HighestNumbers.class);
  }

  @AfterAll
  static void stop() {
    api.close();
  }

  @Test
  void eachChatIsRaisedToItsLastMessage() {
    Chats.Place first = api.newChat();
    Chats.Place second = api.newChat(first, 2);
    Chats.Place empty = api.newChat(first, 3);
    Chats.Place other = api.newChat();
    for (int number = 1; number <= 3; number++) {
      api.insert(first, number, "x");
    }
    api.insert(second, 1, "x");
    api.insert(other, 7, "x");
    List<ChatWatch> watches =
        new ArrayList<>(List.of(first, second, empty, other).stream().map(ChatWatch::new).toList());

    assertThat(highestNumbers.raise(watches)).isEqualTo(3);

    assertThat(watches).extracting(ChatWatch::highest).containsExactly(3L, 1L, 0L, 7L);
    assertThat(highestNumbers.raise(watches)).isZero();
    api.insert(second, 2, "x");
    assertThat(highestNumbers.raise(watches)).isEqualTo(1);
    assertThat(watches.get(1).highest()).isEqualTo(2);
  }

  @Test
  void onlyChatsWhoseChangesAreWantedAreRaisedToTheirLastChange() {
    Chats.Place plain = api.newChat();
    Chats.Place followed = api.newChat(plain, 2);
    Chats.Place unchanged = api.newChat(plain, 3);
    for (Chats.Place chat : List.of(plain, followed)) {
      api.insert(chat, 1, "x");
      for (int number = 1; number <= 3; number++) {
        api.insertChange(chat, number, 1, "edit", "none");
      }
    }
    List<ChatWatch> watches =
        List.of(plain, followed, unchanged).stream().map(ChatWatch::new).toList();
    watches.get(1).follow();
    watches.get(2).follow();

    assertThat(highestNumbers.raise(watches)).isEqualTo(2);

    assertThat(watches)
        .extracting(ChatWatch::announced)
        .containsExactly(
            new ChatWatch.Announced(1, 0),
            new ChatWatch.Announced(1, 3),
            new ChatWatch.Announced(0, 0));
    api.insertChange(followed, 4, 1, "edit", "none");
    assertThat(highestNumbers.raise(List.of(watches.get(1)))).isEqualTo(1);
    assertThat(watches.get(1).announced()).isEqualTo(new ChatWatch.Announced(1, 4));
    assertThat(highestNumbers.ofChange(followed.key())).isEqualTo(4);
    assertThat(highestNumbers.ofChange(unchanged.key())).isZero();
  }

  @Test
  void aLongChatIsNotReadWhole() throws SQLException {
    Chats.Place chat = api.newChat();
    for (int number = 1; number <= 200; number++) {
      api.insert(chat, number, "x");
      api.insertChange(chat, number, number, "edit", "none");
    }
    try (Connection connection = api.servers().mysql()) {
      JdbcTemplate mysql = new JdbcTemplate(new SingleConnectionDataSource(connection, true));
      ChatWatch watch = new ChatWatch(chat);
      watch.follow();
      long before = keysRead(mysql);

      new HighestNumbers(mysql).raise(List.of(watch));

      assertThat(watch.announced()).isEqualTo(new ChatWatch.Announced(200, 200));
      assertThat(keysRead(mysql) - before).isLessThan(20);
    }
  }

  /** How many keys this connection has read by following an index. */
  private static long keysRead(JdbcTemplate mysql) {
    return mysql
        .query(
            "SHOW SESSION STATUS WHERE Variable_name IN"
                + " ('Handler_read_next', 'Handler_read_prev')",
            (row, _) -> row.getLong(2))
        .stream()
        .mapToLong(Long::longValue)
        .sum();
  }

  @Test
  void oneQueryAsksForFiveHundredChats() {
    Chats.Place chat = api.newChat();
    api.insert(chat, 1, "x");
    List<ChatWatch> watches = new ArrayList<>();
    for (int number = 2; number <= HighestNumbers.MAX_CHATS; number++) {
      watches.add(
          new ChatWatch(
              new Chats.Place(
                  new ChatName(chat.name().app(), number),
                  new ChatKey(chat.key().appId(), number))));
    }
    watches.add(new ChatWatch(chat));

    assertThat(highestNumbers.raise(watches)).isEqualTo(1);
  }
}
