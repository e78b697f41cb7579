package dev.tally.worker.erase;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tally.common.identity.AppToken;
import dev.tally.common.identity.NumberRange;
import dev.tally.common.partition.PartitionKeys;
import dev.tally.worker.WorkerFixture;
import dev.tally.worker.restore.VoidRows;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A deleted app is erased with all that it had; its token stays. */
class ErasedAppIT {

  private EraseFixture fixture;
  private String app;
  private String other;
  private String chats;

  @BeforeEach
  void start() {
    fixture = new EraseFixture();
    app = fixture.app();
    other = fixture.app();
    chats = fixture.keys(app).chats(new AppToken(app));
  }

  @AfterEach
  void stop() {
    fixture.close();
  }

  @Test
  void allIsErasedButItsRow() {
    fixture.request(app, 1, "");
    fixture.request(app, 0, "ada");
    fixture.deleteApp(app);
    assertThat(fixture.findings()).isEmpty();

    fixture.eraseOnce();

    assertThat(fixture.count("erasures")).isEqualTo(1);
    assertThat(access()).isEqualTo(PartitionKeys.DELETED);
    assertThat(fixture.rows("messages", app, 1) + fixture.rows("messages", app, 2)).isZero();
    assertThat(fixture.rows("changes", app, 1)).isZero();
    assertThat(fixture.count("chats WHERE app_id = " + fixture.worker.id(app))).isZero();
    assertThat(fixture.documents(app, 1) + fixture.documents(app, 2)).isZero();
    assertThat(fixture.worker.redis.keys("*" + app + "*")).containsExactly(chats);
    assertThat(fixture.worker.deadLetters(app)).isEmpty();
    assertThat(fixture.count("apps WHERE name = '' AND deleted_at IS NOT NULL")).isEqualTo(1);
    assertThat(fixture.findings()).isEmpty();

    fixture.settle();
    fixture.turn();
    assertThat(fixture.count("erasures")).isZero();
    assertThat(fixture.worker.redis.keys("*" + app + "*")).isEmpty();
    assertThat(fixture.findings()).isEmpty();
    assertOtherIsKept();
  }

  @Test
  void itsJobsAreDroppedBefore() {
    fixture.stopDraining();
    fixture.worker.queue(app, fixture.worker.messageJob(app, 1, 3, "late"));
    fixture.deleteApp(app);

    fixture.turn();
    assertThat(access()).isEqualTo(PartitionKeys.DELETED);
    assertThat(fixture.rows("messages", app, 1)).isEqualTo(2);

    String jobs = fixture.keys(app).jobs(new AppToken(app));
    fixture.worker.redis.rename(jobs, fixture.keys(app).claimed());
    fixture.turn();
    assertThat(fixture.rows("messages", app, 1)).isEqualTo(2);

    fixture.worker.redis.delete(fixture.keys(app).claimed());
    fixture.turn();
    assertThat(fixture.rows("messages", app, 1)).isZero();
  }

  /** What MySQL has lost of it needs no void rows: nobody gets its numbers. */
  @Test
  void noVoidRowComesIntoIt() {
    VoidRows rows = fixture.bean(VoidRows.class);
    fixture.deleteChat(other, 1);
    fixture.deleteApp(app);

    assertThat(rows.addMessages(fixture.key(other, 1), new NumberRange(1, 9), Set.of())).isZero();
    assertThat(rows.addChanges(fixture.key(other, 1), new NumberRange(1, 9), Set.of())).isZero();
    assertThat(rows.addMessages(fixture.key(app, 2), new NumberRange(1, 9), Set.of())).isZero();
    assertThat(rows.addChats(fixture.worker.id(app), new NumberRange(1, 9), Set.of())).isZero();
    assertThat(rows.addMessages(fixture.key(other, 2), new NumberRange(1, 9), Set.of()))
        .isEqualTo(7);
  }

  /** A large app does not hold up a small chat. */
  @Test
  void erasuresTakeTurns() {
    fixture.addMessages(app, 3, 3_000);
    fixture.deleteApp(app);
    fixture.deleteChat(other, 1);

    fixture.turn();

    assertThat(fixture.rows("messages", app, 1)).isEqualTo(2_000);
    assertThat(fixture.rows("messages", other, 1)).isZero();
    WorkerFixture.await(
        () -> {
          fixture.turn();
          return fixture.count("erasures WHERE rows_erased_at IS NOT NULL") == 2;
        });
  }

  private Object access() {
    return fixture.worker.redis.opsForHash().get(chats, PartitionKeys.ACCESS);
  }

  private void assertOtherIsKept() {
    assertThat(fixture.worker.messages(other, 1)).hasSize(2);
    assertThat(fixture.worker.messages(other, 2)).hasSize(2);
    assertThat(fixture.documents(other, 1)).isEqualTo(2);
    assertThat(fixture.worker.deadLetters(other)).hasSize(2);
    assertThat(fixture.worker.redis.opsForHash().keys(fixture.records(other))).hasSize(4);
  }
}
