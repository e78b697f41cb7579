package dev.tally.api.stream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tally.api.chat.Chats;
import java.sql.Connection;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/** Pages of streams that want changes. */
class ChangePagesIT {

  private static RunningApi api;
  private static EventPages pages;

  private Chats.Place chat;
  private ChatWatch watch;

  @BeforeAll
  static void start() {
    api = new RunningApi();
    pages = api.bean(EventPages.class);
  }

  @AfterAll
  static void stop() {
    api.close();
  }

  @BeforeEach
  void newChat() {
    chat = api.newChat();
    watch = new ChatWatch(chat);
    watch.follow();
  }

  @Test
  void changesWithAnEffectComeAfterTheMessagesWithWhatThereIsNow() throws Exception {
    api.insert(chat, 1, "eins");
    api.insert(chat, 2, "zwei");
    api.edit(chat, 1, "one");
    api.delete(chat, 2);
    api.insertChange(chat, 1, 1, "edit", "applied");
    api.insertChange(chat, 2, 1, "edit", "conflict");
    api.insertChange(chat, 3, 2, "delete", "applied");
    api.insertChange(chat, 4, 2, "edit", "none");
    api.insertChange(chat, 5, 9, "edit", "pending");
    watch.raise(2);

    EventPage page = Objects.requireNonNull(next(1, 0));

    assertThat(new String(page.bytes(), UTF_8))
        .matches(
            """
            id: 2.0
            data: \\{"number":2,"body":"","created_at":"[^"]+","revision":1,"deleted_at":"[^"]+"}

            id: 2.1
            event: edit
            data: \\{"number":1,"message_number":1,"kind":"edit","effect":"applied","author":"anna",\
            "created_at":"[^"]+","message":\\{"number":1,"body":"one","created_at":"[^"]+",\
            "edited_at":"[^"]+","revision":1}}

            id: 2.3
            event: delete
            data: \\{"number":3,"message_number":2,"kind":"delete","effect":"applied",\
            "author":"anna","created_at":"[^"]+","message":\\{"number":2,"body":"",\
            "created_at":"[^"]+","revision":1,"deleted_at":"[^"]+"}}

            """);
    assertThat(page.last()).isEqualTo(new Position(2, 5L));
    assertThat(page.messages()).isEqualTo(1);
    assertThat(page.changes()).isEqualTo(2);
    assertThat(page.oldest()).isNotNull();
    assertThat(page.isEnd()).isFalse();
    assertThat(next(2, 5)).isNull();
  }

  @Test
  void changesWaitUntilAllMessagesHaveCome() throws Exception {
    for (int number = 1; number <= 100; number++) {
      api.insert(chat, number, "x");
    }
    api.insertChange(chat, 1, 1, "edit", "applied");
    watch.raise(100);

    // A full page does not know whether another message follows.
    EventPage first = Objects.requireNonNull(next(0, 0));
    assertThat(first.last()).isEqualTo(new Position(100, 0L));
    watch.raiseChange(1);
    EventPage second = Objects.requireNonNull(next(100, 0));

    assertThat(second.last()).isEqualTo(new Position(100, 1L));
    assertThat(second.messages()).isZero();
    assertThat(second.changes()).isEqualTo(1);
    assertThat(second.oldest()).isNull();
  }

  @Test
  void changesWaitUntilAPageHasRoomForThem() throws Exception {
    for (int number = 1; number <= 7; number++) {
      api.insert(chat, number, "x".repeat(10_000));
    }
    for (int number = 1; number <= 9; number++) {
      api.insertChange(chat, number, 7, "edit", "applied");
    }
    watch.raise(7);
    watch.raiseChange(9);

    assertThat(Objects.requireNonNull(next(0, 0)).last()).isEqualTo(new Position(7, 0L));
    EventPage second = Objects.requireNonNull(next(7, 0));
    assertThat(second.last()).isEqualTo(new Position(7, 7L));
    assertThat(second.bytes()).hasSizeBetween(64 * 1024, 64 * 1024 + 11_000);
    assertThat(Objects.requireNonNull(next(7, 7)).last()).isEqualTo(new Position(7, 9L));
  }

  @Test
  void aHundredChangesWithoutEffectLeadOn() throws Exception {
    api.insert(chat, 1, "eins");
    for (int number = 1; number <= 101; number++) {
      api.insertChange(chat, number, 1, "edit", number == 101 ? "applied" : "none");
    }
    watch.raise(1);
    watch.raiseChange(101);

    EventPage first = Objects.requireNonNull(next(1, 0));
    assertThat(first.isSilent()).isTrue();
    assertThat(first.bytes()).isEmpty();
    assertThat(first.last()).isEqualTo(new Position(1, 100L));
    EventPage second = Objects.requireNonNull(next(1, 100));
    assertThat(second.isSilent()).isFalse();
    assertThat(second.last()).isEqualTo(new Position(1, 101L));
  }

  @Test
  void aPageIsSharedAtOnePositionOfBothNumbersAndNotWithStreamsWithoutChanges() throws Exception {
    api.insert(chat, 1, "eins");
    api.insertChange(chat, 1, 1, "edit", "applied");
    api.insertChange(chat, 2, 1, "edit", "applied");
    watch.raise(1);
    watch.raiseChange(2);

    EventPage page = Objects.requireNonNull(next(0, 0));
    assertThat(next(0, 0)).isSameAs(page);
    assertThat(Objects.requireNonNull(next(0, 1)).changes()).isEqualTo(1);
    EventPage plain = Objects.requireNonNull(pages.next(watch, Position.of(0), 0));

    assertThat(plain.last()).isEqualTo(Position.of(1));
    assertThat(new String(plain.bytes(), UTF_8)).startsWith("id: 1\n").doesNotContain("event:");
    assertThat(pages.next(watch, new Position(0, 0L), pages.now())).isNotSameAs(page);
  }

  @Test
  void aChangeThatIsAnnouncedAndCannotBeReadIsTakenBack() throws Exception {
    api.insert(chat, 1, "eins");
    watch.hint(1);
    watch.raiseChange(3);

    assertThat(next(1, 2)).isNull();

    assertThat(watch.announced()).isEqualTo(new ChatWatch.Announced(1, 2));
    assertThat(watch.isSilentFor(Duration.ofHours(1))).isTrue();
  }

  /** What is persisted between the two reads of a page must wait for the next page. */
  @Test
  void aChangeNeverComesBeforeItsMessage() throws Exception {
    api.insert(chat, 1, "eins");
    watch.raise(1);
    FutureTask<EventPage> stream = new FutureTask<>(() -> next(0, 0));
    try (Connection connection = api.servers().mysql()) {
      JdbcClient locking = JdbcClient.create(new SingleConnectionDataSource(connection, true));
      locking.sql("LOCK TABLES changes WRITE").update();
      Thread.ofPlatform().daemon().start(stream);
      await().until(() -> blockedReads() == 1);
      api.insert(chat, 2, "zwei");
      RunningApi.insertChange(locking, chat, 1, 2, "edit", "applied");
      locking.sql("UNLOCK TABLES").update();
    }

    EventPage page = stream.get(30, TimeUnit.SECONDS);

    assertThat(page.last()).isEqualTo(new Position(1, 0L));
    assertThat(page.changes()).isZero();
    watch.raise(2);
    assertThat(Objects.requireNonNull(next(1, 0)).last()).isEqualTo(new Position(2, 1L));
  }

  @Test
  void anEditOfTheChatShowsTheChatAndItsDeletionIsTheEnd() throws Exception {
    api.mysql()
        .sql("UPDATE chats SET name = 'new', metadata = '{\"a\":1}' WHERE app_id = ?")
        .param(chat.key().appId())
        .update();
    api.insert(chat, 1, "eins");
    api.insertChange(chat, 1, 0, "edit", "applied");
    api.insertChange(chat, 2, 0, "edit", "conflict");
    api.insertChange(chat, 3, 0, "delete", "applied");
    api.insertChange(chat, 4, 1, "edit", "applied");
    watch.raise(1);
    watch.raiseChange(4);

    EventPage page = Objects.requireNonNull(next(1, 0));

    assertThat(new String(page.bytes(), UTF_8))
        .matches(
            """
            id: 1.1
            event: edit
            data: \\{"number":1,"kind":"edit","effect":"applied","author":"anna",\
            "created_at":"[^"]+","chat":\\{"number":1,"name":"new","metadata":\\{"a":1}}}

            id: 1.3
            event: delete
            data: \\{"number":3,"kind":"delete","effect":"applied","author":"anna",\
            "created_at":"[^"]+"}

            """);
    assertThat(page.isEnd()).isTrue();
    assertThat(page.last()).isEqualTo(new Position(1, 3L));
  }

  @Test
  void aChangeWhoseMessageIsGoneIsPassed() throws Exception {
    api.insertChange(chat, 1, 7, "edit", "applied");
    watch.raiseChange(1);

    EventPage page = Objects.requireNonNull(next(0, 0));

    assertThat(page.isSilent()).isTrue();
    assertThat(page.last()).isEqualTo(new Position(0, 1L));
  }

  private @Nullable EventPage next(long message, long change) throws InterruptedException {
    return pages.next(watch, new Position(message, change), 0);
  }

  private static long blockedReads() {
    return api.mysql()
        .sql(
            "SELECT COUNT(*) FROM information_schema.processlist"
                + " WHERE info LIKE '%FROM apps a JOIN changes h%' AND state LIKE '%lock%'")
        .query(Long.class)
        .single();
  }
}
