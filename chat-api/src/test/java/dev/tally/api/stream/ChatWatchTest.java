package dev.tally.api.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tally.api.chat.Chats;
import dev.tally.common.identity.AppToken;
import dev.tally.common.identity.ChatKey;
import dev.tally.common.identity.ChatName;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.Lock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ChatWatchTest {

  private static final Duration HOUR = Duration.ofHours(1);
  private static final Chats.Place CHAT =
      new Chats.Place(new ChatName(new AppToken("a".repeat(32)), 3), new ChatKey(7, 3));

  private final AtomicLong clock = new AtomicLong();
  private final ChatWatch watch = new ChatWatch(CHAT, clock::get);

  @Test
  void aNewWatchKnowsItsChatAndNoMessage() {
    assertThat(watch.chat()).isSameAs(CHAT);
    assertThat(watch.highest()).isZero();
    assertThat(watch.isEnded()).isFalse();
  }

  @Test
  void onlyAHigherNumberIsNews() {
    assertThat(watch.raise(5)).isTrue();
    assertThat(watch.raise(5)).isFalse();
    assertThat(watch.raise(4)).isFalse();
    assertThat(watch.highest()).isEqualTo(5);
    assertThat(watch.raise(6)).isTrue();
    assertThat(watch.highest()).isEqualTo(6);
  }

  @Test
  void aHintRaisesTheHighestNumber() {
    assertThat(watch.hint(5)).isTrue();
    assertThat(watch.hint(5)).isFalse();
    assertThat(watch.highest()).isEqualTo(5);
  }

  @Test
  void aChatIsSilentWhenMoreThanTheTimeHasPassed() {
    clock.addAndGet(HOUR.toNanos());
    assertThat(watch.isSilentFor(HOUR)).isFalse();
    clock.incrementAndGet();
    assertThat(watch.isSilentFor(HOUR)).isTrue();
  }

  @Test
  void aHintEndsTheSilenceEvenIfItIsNoNews() {
    watch.raise(5);
    clock.addAndGet(HOUR.toNanos() + 1);

    watch.hint(4);

    assertThat(watch.isSilentFor(HOUR)).isFalse();
  }

  @Test
  void onlyHintsEndTheSilence() {
    clock.addAndGet(HOUR.toNanos() + 1);

    watch.raise(5);

    assertThat(watch.isSilentFor(HOUR)).isTrue();
  }

  @Test
  void theSilenceBeginsWithTheFirstStream() {
    clock.set(Long.MAX_VALUE - 1);
    ChatWatch later = new ChatWatch(CHAT, clock::get);

    assertThat(later.isSilentFor(Duration.ZERO)).isFalse();
    // System.nanoTime may overflow between two calls.
    clock.set(Long.MIN_VALUE);
    assertThat(later.isSilentFor(Duration.ofNanos(1))).isTrue();
    assertThat(later.isSilentFor(Duration.ofNanos(2))).isFalse();
  }

  @Test
  void theSystemsClockIsTheDefault() {
    ChatWatch real = new ChatWatch(CHAT);
    long begin = System.nanoTime();
    while (System.nanoTime() == begin) {
      Thread.onSpinWait();
    }

    assertThat(real.isSilentFor(Duration.ZERO)).isTrue();
    assertThat(real.isSilentFor(HOUR)).isFalse();
  }

  @Test
  void aStreamDoesNotWaitForWhatWasAnnounced() throws Exception {
    watch.raise(5);

    assertThat(watch.await(Position.of(4), HOUR)).isTrue();
    assertThat(watch.await(Position.of(5), Duration.ZERO)).isFalse();
    assertThat(watch.await(Position.of(6), Duration.ZERO)).isFalse();
  }

  @Test
  void aStreamWaitsForTheWholeTimeWhenNothingComes() throws Exception {
    Duration time = Duration.ofMillis(20);
    long begin = System.nanoTime();

    assertThat(watch.await(Position.of(0), time)).isFalse();

    assertThat(System.nanoTime() - begin).isGreaterThanOrEqualTo(time.toNanos());
  }

  @Test
  void anAnnouncementWakesEveryStreamThatWaits() throws Exception {
    List<Started<Boolean>> streams = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      streams.add(start(() -> watch.await(Position.of(5), HOUR)).untilItWaits());
    }

    watch.raise(6);

    for (Started<Boolean> stream : streams) {
      assertThat(stream.result()).isTrue();
    }
  }

  @Test
  void anAnnouncementThatAStreamHasAlreadySentNeitherEndsNorProlongsItsWaiting() throws Exception {
    Started<Boolean> stream =
        start(() -> watch.await(Position.of(5), Duration.ofMillis(50))).untilItWaitsOrEnds();

    watch.raise(4);
    watch.raise(5);

    assertThat(stream.result()).isFalse();
  }

  @Test
  void endingWakesEveryStreamThatWaits() throws Exception {
    List<Started<Boolean>> streams = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      streams.add(start(() -> watch.await(Position.of(5), HOUR)).untilItWaits());
    }

    watch.end();

    for (Started<Boolean> stream : streams) {
      assertThat(stream.result()).isTrue();
    }
    assertThat(watch.isEnded()).isTrue();
    assertThat(watch.await(Position.of(5), HOUR)).isTrue();
  }

  @Test
  void otherThreadsGoOnAfterEachCall() throws Exception {
    watch.end();
    assertThat(start(() -> watch.raise(1)).result()).isTrue();
    assertThat(start(() -> watch.await(Position.of(0), HOUR)).result()).isTrue();
    assertThat(watch.raise(2)).isTrue();
    watch.retract(new ChatWatch.Announced(2, 0), Position.of(1));
    assertThat(start(() -> watch.raise(2)).result()).isTrue();
  }

  @Test
  void aStreamThatWaitsCanBeInterrupted() {
    Started<Boolean> stream = start(() -> watch.await(Position.of(0), HOUR)).untilItWaits();

    stream.thread.interrupt();

    assertThatThrownBy(stream::result).hasCauseInstanceOf(InterruptedException.class);
  }

  @Test
  void anInterruptedStreamDoesNotGoOnEvenIfThereAreMessages() {
    watch.raise(1);
    Thread.currentThread().interrupt();

    assertThatThrownBy(() -> watch.await(Position.of(0), HOUR))
        .isInstanceOf(InterruptedException.class);
  }

  @Test
  void announcementsDoNotShortenAPause() throws Exception {
    Duration time = Duration.ofMillis(20);
    watch.raise(5);
    long begin = System.nanoTime();

    watch.pause(time);

    assertThat(System.nanoTime() - begin).isGreaterThanOrEqualTo(time.toNanos());
  }

  @Test
  void endingEndsAPause() throws Exception {
    Started<Boolean> stream =
        start(
                () -> {
                  watch.pause(HOUR);
                  return true;
                })
            .untilItWaits();

    watch.end();

    assertThat(stream.result()).isTrue();
  }

  @Test
  void anAnnouncementThatIsTakenBackIsPolledForAndCanComeAgain() throws Exception {
    watch.hint(5);

    watch.retract(new ChatWatch.Announced(5, 0), Position.of(2));

    assertThat(watch.highest()).isEqualTo(2);
    assertThat(watch.isSilentFor(HOUR)).isTrue();
    assertThat(watch.await(Position.of(2), Duration.ZERO)).isFalse();
    assertThat(watch.hint(5)).isTrue();
    assertThat(watch.isSilentFor(Duration.ZERO)).isFalse();
  }

  @Test
  void aNewerAnnouncementIsNotTakenBack() {
    watch.hint(5);
    watch.hint(6);

    watch.retract(new ChatWatch.Announced(5, 0), Position.of(2));

    assertThat(watch.highest()).isEqualTo(6);
    assertThat(watch.isSilentFor(Duration.ZERO)).isFalse();
  }

  @Test
  void anAnnouncementThatComesWhileAnotherIsTakenBackStays() throws Exception {
    AtomicReference<Runnable> whileTheClockIsRead = new AtomicReference<>(() -> {});
    ChatWatch clocked =
        new ChatWatch(
            CHAT,
            () -> {
              whileTheClockIsRead.get().run();
              return 0;
            });
    clocked.raise(5);
    AtomicReference<Started<Boolean>> hint = new AtomicReference<>();
    whileTheClockIsRead.set(() -> hint.set(start(() -> clocked.raise(6)).untilItWaitsOrEnds()));

    clocked.retract(new ChatWatch.Announced(5, 0), Position.of(2));

    assertThat(hint.get().result()).isTrue();
    assertThat(clocked.highest()).isEqualTo(6);
  }

  @Test
  void changesWakeOnlyTheStreamsThatWantThem() throws Exception {
    watch.follow();
    watch.raise(5);
    Started<Boolean> plain = start(() -> watch.await(Position.of(5), HOUR)).untilItWaits();
    Started<Boolean> follower = start(() -> watch.await(new Position(5, 7L), HOUR)).untilItWaits();

    assertThat(watch.raiseChange(7)).isTrue();
    assertThat(watch.raiseChange(8)).isTrue();

    assertThat(follower.result()).isTrue();
    assertThat(plain.task.isDone()).isFalse();
    assertThat(watch.announced()).isEqualTo(new ChatWatch.Announced(5, 8));
    watch.raise(6);
    assertThat(plain.result()).isTrue();
  }

  @Test
  void messagesWakeStreamsThatWantChanges() throws Exception {
    watch.follow();
    Started<Boolean> follower = start(() -> watch.await(new Position(5, 7L), HOUR)).untilItWaits();

    watch.raise(6);

    assertThat(follower.result()).isTrue();
  }

  @Test
  void endingWakesStreamsThatWantChanges() throws Exception {
    Started<Boolean> follower = start(() -> watch.await(new Position(5, 7L), HOUR)).untilItWaits();

    watch.end();

    assertThat(follower.result()).isTrue();
  }

  @Test
  void changesAreNewsOnlyWhileAStreamWantsThem() {
    assertThat(watch.isFollowed()).isFalse();
    assertThat(watch.raiseChange(3)).isFalse();
    watch.follow();
    watch.follow();
    watch.unfollow();
    assertThat(watch.isFollowed()).isTrue();
    assertThat(watch.raiseChange(3)).isTrue();
    assertThat(watch.raiseChange(3)).isFalse();
    assertThat(watch.raiseChange(2)).isFalse();
    watch.unfollow();
    assertThat(watch.isFollowed()).isFalse();
    assertThat(watch.raiseChange(4)).isFalse();
    assertThat(watch.announced().change()).isEqualTo(3);
  }

  @Test
  void changesDoNotEndTheSilence() {
    watch.follow();
    clock.addAndGet(HOUR.toNanos() + 1);

    watch.raiseChange(1);

    assertThat(watch.isSilentFor(HOUR)).isTrue();
  }

  @Test
  void changesThatCannotBeReadAreTakenBackWithoutTheMessages() {
    watch.follow();
    watch.hint(5);
    watch.raiseChange(9);

    watch.retract(watch.announced(), new Position(5, 7L));

    assertThat(watch.announced()).isEqualTo(new ChatWatch.Announced(5, 7));
    assertThat(watch.isSilentFor(HOUR)).isTrue();
    assertThat(watch.raiseChange(9)).isTrue();
  }

  @Test
  void messagesAreTakenBackWithoutTheChanges() {
    watch.follow();
    watch.hint(5);
    watch.raiseChange(9);

    watch.retract(watch.announced(), Position.of(2));
    assertThat(watch.announced()).isEqualTo(new ChatWatch.Announced(2, 9));

    watch.hint(5);
    watch.retract(watch.announced(), new Position(3, 10L));
    assertThat(watch.announced()).isEqualTo(new ChatWatch.Announced(3, 9));
  }

  @Test
  void aNewerAnnouncementOfChangesIsNotTakenBack() {
    watch.follow();
    watch.hint(5);
    watch.raiseChange(9);
    ChatWatch.Announced announced = watch.announced();
    watch.raiseChange(10);

    watch.retract(announced, new Position(5, 7L));

    assertThat(watch.announced()).isEqualTo(new ChatWatch.Announced(5, 10));
    assertThat(watch.isSilentFor(Duration.ZERO)).isFalse();
  }

  @Test
  void noWakeUpIsLostWhenAFollowerAndWritersOfChangesTakeTurns() throws Exception {
    long last = 5_000;
    ChatWatch echo = new ChatWatch(CHAT);
    watch.follow();
    Started<Boolean> stream =
        start(
            () -> {
              for (long number = 1; number <= last; number++) {
                watch.await(new Position(0, number - 1), HOUR);
                echo.raise(number);
              }
              return true;
            });

    for (long number = 1; number <= last; number++) {
      watch.raiseChange(number);
      echo.await(Position.of(number - 1), HOUR);
    }

    assertThat(stream.result()).isTrue();
  }

  @Test
  void aStreamThatReadsKeepsOnlyOtherReadersOut() throws Exception {
    Lock reading = watch.reading();
    reading.lock();
    try {
      assertThat(start(() -> watch.reading().tryLock()).result()).isFalse();
      assertThat(start(() -> watch.raise(1)).result()).isTrue();
    } finally {
      reading.unlock();
    }
    assertThat(start(() -> watch.reading().tryLock()).result()).isTrue();
  }

  @Test
  void noWakeUpIsLostWhenStreamsAndWritersTakeTurns() throws Exception {
    long last = 5_000;
    ChatWatch echo = new ChatWatch(CHAT);
    Started<Boolean> stream =
        start(
            () -> {
              for (long number = 1; number <= last; number++) {
                watch.await(Position.of(number - 1), HOUR);
                echo.raise(number);
              }
              return true;
            });

    for (long number = 1; number <= last; number++) {
      watch.raise(number);
      echo.await(Position.of(number - 1), HOUR);
    }

    assertThat(stream.result()).isTrue();
  }

  @Test
  void ofManyWritersOnlyOneAnnouncesANumber() throws Exception {
    int last = 20_000;
    AtomicIntegerArray announced = new AtomicIntegerArray(last + 1);
    CountDownLatch begin = new CountDownLatch(1);
    List<Started<Boolean>> threads = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      threads.add(
          start(
              () -> {
                begin.await();
                for (int number = 1; number <= last; number++) {
                  if (watch.raise(number)) {
                    announced.incrementAndGet(number);
                  }
                }
                return true;
              }));
      threads.add(
          start(
              () -> {
                long position = 0;
                while (position < last && watch.await(Position.of(position), HOUR)) {
                  long highest = watch.highest();
                  assertThat(highest).isGreaterThan(position);
                  position = highest;
                }
                return position == last;
              }));
    }

    begin.countDown();

    for (Started<Boolean> thread : threads) {
      assertThat(thread.result()).isTrue();
    }
    assertThat(watch.highest()).isEqualTo(last);
    for (int number = 1; number <= last; number++) {
      assertThat(announced.get(number)).isLessThanOrEqualTo(1);
    }
  }

  /**
   * No test can rely on the compiler to break the reads of a field that is not volatile, so this
   * one looks at the fields.
   */
  @Test
  void fieldsThatAreReadWithoutTheLockAreVolatile() {
    assertThat(ChatWatch.class.getDeclaredFields())
        .filteredOn(field -> !Modifier.isFinal(field.getModifiers()))
        .extracting(Field::getName)
        .containsExactlyInAnyOrder("highest", "highestChange", "hintedAt", "ended", "deleted");
    assertThat(ChatWatch.class.getDeclaredFields())
        .filteredOn(field -> !Modifier.isFinal(field.getModifiers()))
        .allMatch(field -> Modifier.isVolatile(field.getModifiers()));
  }

  private static <T> Started<T> start(Callable<T> call) {
    FutureTask<T> task = new FutureTask<>(call);
    return new Started<>(task, Thread.ofPlatform().daemon().start(task));
  }

  private record Started<T>(FutureTask<T> task, Thread thread) {

    Started<T> untilItWaits() {
      untilItWaitsOrEnds();
      assertThat(task.isDone()).isFalse();
      return this;
    }

    Started<T> untilItWaitsOrEnds() {
      while (!task.isDone()
          && thread.getState() != Thread.State.WAITING
          && thread.getState() != Thread.State.TIMED_WAITING) {
        Thread.onSpinWait();
      }
      return this;
    }

    T result() throws InterruptedException, ExecutionException {
      try {
        return task.get(10, TimeUnit.SECONDS);
      } catch (TimeoutException e) {
        throw new AssertionError("the thread does not end: " + thread.getState(), e);
      }
    }
  }
}
