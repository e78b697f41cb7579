package dev.tally.api.stream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tally.api.chat.Chats;
import dev.tally.api.message.Messages;
import dev.tally.common.identity.MessageName;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class EventPagesIT {

  private static RunningApi api;
  private static EventPages pages;

  @BeforeAll
  static void start() {
    api = new RunningApi();
    pages = api.bean(EventPages.class);
  }

  @AfterAll
  static void stop() {
    api.close();
  }

  @Test
  void aPageIsTheEventsOfTheNextMessages() throws Exception {
    ChatWatch watch = watch();
    api.insert(watch.chat(), 1, "eins");
    api.insert(watch.chat(), 2, "\"zwei\"\n🎉");
    watch.raise(2);

    EventPage page = Objects.requireNonNull(next(watch, 0));

    assertThat(new String(page.bytes(), UTF_8))
        .matches(
            """
            id: 1
            data: \\{"number":1,"body":"eins","created_at":"[^"]+"}

            id: 2
            data: \\{"number":2,"body":"\\\\"zwei\\\\"\\\\n🎉","created_at":"[^"]+"}

            """);
    assertThat(page.last()).isEqualTo(Position.of(2));
    assertThat(page.messages()).isEqualTo(2);
    assertThat(page.oldest())
        .isEqualTo(
            api.bean(Messages.class)
                .after(new MessageName(watch.chat().name(), 0), 1)
                .getFirst()
                .createdAt());
    assertThat(Objects.requireNonNull(next(watch, 1)).messages()).isEqualTo(1);
    assertThat(next(watch, 2)).isNull();
  }

  @Test
  void lostMessagesHaveNoEvents() throws Exception {
    ChatWatch watch = watch();
    api.insertLost(watch.chat(), 1);
    api.insert(watch.chat(), 2, "zwei");
    api.insertLost(watch.chat(), 3);
    watch.raise(3);

    EventPage page = Objects.requireNonNull(next(watch, 0));

    assertThat(new String(page.bytes(), UTF_8))
        .matches("id: 2\ndata: \\{\"number\":2,\"body\":\"zwei\",\"created_at\":\"[^\"]+\"}\n\n");
    assertThat(page.last()).isEqualTo(Position.of(3));
    assertThat(page.messages()).isEqualTo(1);
    assertThat(page.oldest())
        .isEqualTo(
            api.bean(Messages.class)
                .after(new MessageName(watch.chat().name(), 1), 1)
                .getFirst()
                .createdAt());
  }

  @Test
  void aPageOfLostMessagesLeadsOn() throws Exception {
    ChatWatch watch = watch();
    for (int number = 1; number <= 100; number++) {
      api.insertLost(watch.chat(), number);
    }
    api.insert(watch.chat(), 101, "x");
    watch.raise(101);

    EventPage page = Objects.requireNonNull(next(watch, 0));

    assertThat(page.bytes()).isEmpty();
    assertThat(page.messages()).isZero();
    assertThat(page.oldest()).isNull();
    assertThat(page.last()).isEqualTo(Position.of(100));
    assertThat(Objects.requireNonNull(next(watch, 100)).messages()).isEqualTo(1);
  }

  @Test
  void whatWasNotAnnouncedIsNotRead() throws Exception {
    ChatWatch watch = watch();
    api.insert(watch.chat(), 1, "eins");

    assertThat(next(watch, 0)).isNull();
    assertThat(watch.isSilentFor(Duration.ofHours(1))).isFalse();
  }

  @Test
  void anAnnouncementThatCannotBeReadIsTakenBack() throws Exception {
    ChatWatch watch = watch();
    watch.hint(3);

    assertThat(next(watch, 0)).isNull();

    assertThat(watch.highest()).isZero();
    assertThat(watch.isSilentFor(Duration.ofHours(1))).isTrue();
    // The absence is not remembered.
    api.insert(watch.chat(), 1, "late");
    watch.hint(1);
    assertThat(next(watch, 0)).isNotNull();
  }

  @Test
  void aPageEndsWithAHundredMessages() throws Exception {
    ChatWatch watch = watch();
    for (int number = 1; number <= 101; number++) {
      api.insert(watch.chat(), number, "x");
    }
    watch.raise(101);

    EventPage page = Objects.requireNonNull(next(watch, 0));

    assertThat(page.last()).isEqualTo(Position.of(100));
    assertThat(Objects.requireNonNull(next(watch, 100)).last()).isEqualTo(Position.of(101));
  }

  @Test
  void aPageEndsWithTheMessageThatFillsIt() throws Exception {
    ChatWatch watch = watch();
    for (int number = 1; number <= 9; number++) {
      api.insert(watch.chat(), number, "x".repeat(10_000));
    }
    watch.raise(9);

    EventPage page = Objects.requireNonNull(next(watch, 0));

    assertThat(page.last()).isEqualTo(Position.of(7));
    assertThat(page.messages()).isEqualTo(7);
    assertThat(page.bytes()).hasSizeBetween(64 * 1024, 64 * 1024 + 11_000);
  }

  /** A page that another stream read is the same object, and a page that was read again is not. */
  @Test
  void streamsAtTheSamePositionShareOneRead() throws Exception {
    ChatWatch watch = watch();
    api.insert(watch.chat(), 1, "eins");
    watch.raise(1);
    List<FutureTask<EventPage>> streams = new ArrayList<>();
    List<Thread> threads = new ArrayList<>();
    try (Connection connection = api.servers().mysql();
        Statement statement = connection.createStatement()) {
      statement.execute("LOCK TABLES messages WRITE");
      for (int i = 0; i < 5; i++) {
        FutureTask<EventPage> stream = new FutureTask<>(() -> next(watch, 0));
        streams.add(stream);
        threads.add(Thread.ofPlatform().daemon().start(stream));
      }
      await().until(() -> waiting(threads) == 4 && blockedReads() == 1);
      statement.execute("UNLOCK TABLES");
    }

    EventPage first = streams.getFirst().get(30, TimeUnit.SECONDS);
    assertThat(first).isNotNull();
    for (FutureTask<EventPage> stream : streams) {
      assertThat(stream.get(30, TimeUnit.SECONDS)).isSameAs(first);
    }
  }

  @Test
  void aStreamGetsNoPageThatIsOlderThanItself() throws Exception {
    ChatWatch watch = watch();
    api.insert(watch.chat(), 1, "eins");
    watch.raise(1);
    EventPage before = next(watch, 0);
    api.edit(watch.chat(), 1, "one");

    long opened = pages.now();
    EventPage after = Objects.requireNonNull(pages.next(watch, Position.of(0), opened));

    assertThat(after).isNotSameAs(before);
    assertThat(new String(after.bytes(), UTF_8))
        .matches(
            """
            id: 1
            data: \\{"number":1,"body":"one","created_at":"[^"]+","edited_at":"[^"]+","revision":1}

            """);
    // The streams that are open share the newer page.
    assertThat(pages.next(watch, Position.of(0), opened)).isSameAs(after);
    assertThat(next(watch, 0)).isSameAs(after);
  }

  @Test
  void aSharedPageDoesNotLast() throws Exception {
    ChatWatch watch = watch();
    api.insert(watch.chat(), 1, "eins");
    watch.raise(1);
    EventPage first = next(watch, 0);

    await().untilAsserted(() -> assertThat(next(watch, 0)).isNotSameAs(first));
  }

  @Test
  void aDeletedMessageHasAnEvent() throws Exception {
    ChatWatch watch = watch();
    api.insert(watch.chat(), 1, "eins");
    api.delete(watch.chat(), 1);
    watch.raise(1);

    EventPage page = Objects.requireNonNull(next(watch, 0));

    assertThat(new String(page.bytes(), UTF_8))
        .matches(
            """
            id: 1
            data: \\{"number":1,"body":"","created_at":"[^"]+","revision":1,"deleted_at":"[^"]+"}

            """);
    assertThat(page.messages()).isEqualTo(1);
  }

  @Test
  void sixReadsAtMostRunAtOnce() throws Exception {
    List<FutureTask<EventPage>> streams = new ArrayList<>();
    List<Thread> threads = new ArrayList<>();
    List<ChatWatch> watches = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      ChatWatch watch = watch();
      api.insert(watch.chat(), 1, "eins");
      watch.raise(1);
      watches.add(watch);
    }
    try (Connection connection = api.servers().mysql();
        Statement statement = connection.createStatement()) {
      statement.execute("LOCK TABLES messages WRITE");
      for (ChatWatch watch : watches) {
        FutureTask<EventPage> stream = new FutureTask<>(() -> next(watch, 0));
        streams.add(stream);
        threads.add(Thread.ofPlatform().daemon().start(stream));
      }
      await().until(() -> waiting(threads) == 4 && blockedReads() == 6);
      statement.execute("UNLOCK TABLES");
    }

    for (FutureTask<EventPage> stream : streams) {
      assertThat(stream.get(30, TimeUnit.SECONDS)).isNotNull();
    }
  }

  /** The page of a stream that was open before any read. */
  private static @Nullable EventPage next(ChatWatch watch, long position)
      throws InterruptedException {
    return next(watch, Position.of(position));
  }

  private static @Nullable EventPage next(ChatWatch watch, Position position)
      throws InterruptedException {
    return pages.next(watch, position, 0);
  }

  private static ChatWatch watch() {
    Chats.Place chat = api.newChat();
    return new ChatWatch(chat);
  }

  private static long waiting(List<Thread> threads) {
    return threads.stream().filter(thread -> thread.getState() == Thread.State.WAITING).count();
  }

  private static long blockedReads() {
    return api.mysql()
        .sql(
            "SELECT COUNT(*) FROM information_schema.processlist"
                + " WHERE info LIKE '%JOIN messages m%' AND state LIKE '%lock%'")
        .query(Long.class)
        .single();
  }
}
