package dev.tally.worker.erase;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tally.common.identity.AppToken;
import dev.tally.common.search.SearchLayout;
import dev.tally.worker.WorkerFixture;
import dev.tally.worker.index.DocumentEraser;
import dev.tally.worker.index.DocumentWriter;
import dev.tally.worker.index.Message;
import dev.tally.worker.index.ReadTime;
import dev.tally.worker.index.lifecycle.Reindex;
import dev.tally.worker.outbox.SearchOutbox;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.dao.TransientDataAccessResourceException;

/** A deleted chat is erased in steps, of which each may be the last one of its worker. */
class ErasedChatIT {

  private EraseFixture fixture;
  private String app;
  private String other;

  @BeforeEach
  void start() {
    fixture = new EraseFixture();
    app = fixture.app();
    other = fixture.app();
  }

  @AfterEach
  void stop() {
    fixture.close();
  }

  @Test
  void itIsErasedInBoundedStepsAndNothingElse() {
    fixture.addMessages(app, 3, 2_100);
    assertThat(fixture.findings()).isEmpty();
    fixture.deleteChat(app, 1);
    assertThat(fixture.findings()).isEmpty();
    long left = fixture.rows("messages", app, 1);
    assertThat(left).isEqualTo(2_100);

    WorkerFixture.await(
        () -> {
          long before = fixture.rows("messages", app, 1);
          fixture.turn();
          assertThat(before - fixture.rows("messages", app, 1)).isLessThanOrEqualTo(1_000);
          return before <= 1_100;
        });
    assertThat(fixture.findings()).isEmpty();
    fixture.eraseOnce();

    assertErased(1);
    assertThat(fixture.findings()).isEmpty();
    assertThat(fixture.worker.messagesCount(app, 1)).isEqualTo(2_100);
    assertKept();

    fixture.turn();
    assertThat(fixture.count("erasures")).isEqualTo(1);
    fixture.settle();
    fixture.turn();
    assertThat(fixture.count("erasures")).isZero();
    assertKept();
    assertThat(fixture.findings()).isEmpty();
  }

  /** The first of them alone takes longer than the app's share. */
  @Test
  void anAppWithManyErasuresHoldsUpNoOther() {
    fixture.deleteChat(app, 1);
    fixture.deleteChat(app, 2);
    fixture.deleteChat(other, 1);

    Eraser eraser = fixture.turns.eraser(fixture.bean(DocumentEraser.class), Duration.ofNanos(1));
    eraser.turn();

    assertThat(fixture.rows("messages", app, 1)).isZero();
    assertThat(fixture.rows("messages", app, 2)).isEqualTo(2);
    assertThat(fixture.rows("messages", other, 1)).isZero();

    eraser.turn();
    assertThat(fixture.rows("messages", app, 2)).as("its turn comes next").isZero();
  }

  @Test
  void anErasureThatFailsHoldsUpNoneOfItsAppAndKeepsNobodyBusy() {
    fixture.deleteChat(app, 1);
    fixture.deleteChat(app, 2);
    Eraser eraser = fixture.turns.eraser(fixture.turns.withoutElasticsearch(), Duration.ofNanos(1));
    WorkerFixture.await(
        () -> {
          eraser.turn();
          return fixture.rows("messages", app, 1) + fixture.rows("messages", app, 2) == 0;
        });

    List<Duration> pauses = List.of(eraser.turn(), eraser.turn());

    assertThat(pauses).containsOnly(Duration.ofSeconds(1));
  }

  @Test
  void whatComesLateIsErasedByTheNextPass() {
    List<Message> read = fixture.read(app, 1);
    fixture.deleteChat(app, 1);
    fixture.eraseOnce();

    fixture.sendLate(read);
    assertThat(fixture.documents(app, 1)).isEqualTo(2);
    fixture.settle();
    fixture.turn();

    assertThat(fixture.documents(app, 1)).isZero();
    assertThat(fixture.count("erasures")).isEqualTo(1);
    fixture.eraseOnce();
    fixture.settle();
    fixture.turn();
    assertThat(fixture.count("erasures")).isZero();
  }

  @Test
  void whatWasReadLongAgoIsNotSent() {
    List<Message> read = fixture.read(app, 1);
    fixture.deleteChat(app, 1);
    fixture.eraseOnce();
    ReadTime longAgo = new ReadTime(System.nanoTime() - ReadTime.LONGEST.toNanos() - 1);

    assertThatThrownBy(
            () ->
                fixture
                    .bean(DocumentWriter.class)
                    .write(
                        new DocumentWriter.Target(fixture.live(), SearchLayout.VERSION),
                        read,
                        longAgo))
        .isInstanceOf(TransientDataAccessResourceException.class);

    assertThat(fixture.documents(app, 1)).isZero();
  }

  @Test
  void anErasureOutlastsAReindexThatReadTheRowsBefore() {
    boolean[] erased = {false};

    fixture
        .bean(Reindex.class)
        .run(
            (_, _) -> {
              if (!erased[0]) {
                erased[0] = true;
                // This thread reads in the snapshot of the reindex.
                CompletableFuture.runAsync(this::eraseWhileAnIndexIsBuilt).join();
              }
            });

    assertThat(fixture.documents(app, 1)).isEqualTo(2);
    fixture.turn();
    assertThat(fixture.documents(app, 1)).isEqualTo(2);
    fixture.settle();
    fixture.eraseOnce();
    assertThat(fixture.documents(app, 1)).isZero();
    assertThat(fixture.documents(app, 2)).isEqualTo(2);
    fixture.settle();
    fixture.turn();
    assertThat(fixture.count("erasures")).isZero();
  }

  private void eraseWhileAnIndexIsBuilt() {
    fixture.deleteChat(app, 1);
    fixture.eraseOnce();
    fixture.settle();
    fixture.turn();
    assertThat(fixture.count("erasures")).isEqualTo(1);
  }

  @Test
  void rowsAreErasedWithoutElasticsearchAndDocumentsLater() {
    fixture.deleteChat(app, 1);
    fixture.deleteChat(other, 1);
    DocumentEraser away = fixture.turns.withoutElasticsearch();

    fixture.turns.turn(away);
    fixture.turns.turn(away);
    fixture.turns.turn(away);

    assertThat(fixture.rows("messages", app, 1)).isZero();
    assertThat(fixture.rows("messages", other, 1)).isZero();
    assertThat(fixture.isLooked()).isFalse();
    assertThat(fixture.documents(app, 1)).isEqualTo(2);
    WorkerFixture.await(
        () -> {
          fixture.turn();
          return fixture.count("erasures WHERE rows_erased_at IS NOT NULL") == 2;
        });
    assertThat(fixture.documents(app, 1)).isZero();
    assertThat(fixture.documents(other, 1)).isZero();
  }

  @Test
  void aClaimedWriteIsAcknowledgedBefore() {
    String job = fixture.worker.messageJob(app, 1, 2, "secret two");
    // Nobody takes the partition, so the batch stays.
    fixture.stopDraining();
    fixture.worker.redis.opsForList().rightPush(fixture.keys(app).claimed(), job);
    fixture.deleteChat(app, 1);

    fixture.turn();
    assertThat(fixture.rows("messages", app, 1)).isEqualTo(2);

    fixture.worker.redis.delete(fixture.keys(app).claimed());
    fixture.turn();
    assertThat(fixture.rows("messages", app, 1)).isZero();
  }

  @Test
  void whatIsNotDeletedIsNotErased() {
    fixture.request(app, 1, "");
    fixture.request(other, 0, "");

    fixture.turn();

    assertThat(fixture.count("erasures")).isZero();
    assertThat(fixture.rows("messages", app, 1)).isEqualTo(2);
    assertThat(fixture.rows("messages", other, 1)).isEqualTo(2);
  }

  @Test
  void noIndexGetsMoreOfIt() {
    assertThat(fixture.read(app, 1)).hasSize(2);
    fixture.deleteChat(app, 1);
    fixture.deleteApp(other);

    assertThat(fixture.read(app, 1)).isEmpty();
    assertThat(fixture.read(other, 2)).isEmpty();
    fixture.turn();
    for (String of : List.of(app, other)) {
      fixture
          .bean(SearchOutbox.class)
          .appendAll(fixture.keys(of).partition(), fixture.worker.id(of));
    }
    assertThat(fixture.rows("search_outbox", app, 1)).isZero();
    fixture.awaitIndexed();
  }

  private void assertErased(long chat) {
    assertThat(fixture.rows("messages", app, chat)).isZero();
    assertThat(fixture.rows("changes", app, chat)).isZero();
    assertThat(fixture.rows("search_outbox", app, chat)).isZero();
    assertThat(fixture.documents(app, chat)).isZero();
    assertThat(fixture.worker.redis.hasKey(fixture.counter(app, chat))).isFalse();
  }

  private void assertKept() {
    assertThat(fixture.worker.redis.opsForHash().keys(fixture.records(app)))
        .containsExactlyInAnyOrder("chats", "two");
    assertThat(fixture.worker.redis.opsForHash().keys(fixture.records(other))).hasSize(4);
    assertThat(fixture.worker.deadLetters(app)).singleElement().asString().contains("chat\\\":2");
    assertThat(fixture.worker.deadLetters(other)).hasSize(2);
    assertThat(fixture.worker.messages(app, 2)).containsExactly("1:kept one", "2:kept two");
    assertThat(fixture.worker.messages(other, 1)).hasSize(2);
    assertThat(fixture.worker.changes(other, 1)).hasSize(1);
    assertThat(fixture.documents(app, 2)).isEqualTo(2);
    assertThat(fixture.documents(other, 1)).isEqualTo(2);
    assertThat(fixture.worker.counted(fixture.counter(app, 2))).isEqualTo("2");
    assertThat(fixture.worker.counted(fixture.counter(other, 1))).isEqualTo("2");
    assertThat(fixture.worker.counted(fixture.keys(app).chats(new AppToken(app)))).isEqualTo("2");
  }
}
