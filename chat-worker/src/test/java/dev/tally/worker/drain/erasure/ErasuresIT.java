package dev.tally.worker.drain.erasure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tally.common.identity.AppToken;
import dev.tally.common.queue.MessageChange;
import dev.tally.worker.WorkerFixture;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.context.SmartLifecycle;

/** What the drain does with jobs of deleted apps, and with those that have an author erased. */
class ErasuresIT {

  private static final Instant FIRST = Instant.parse("2026-02-03T04:05:06.789012Z");

  private static WorkerFixture fixture;

  @BeforeAll
  static void start() {
    fixture = new WorkerFixture();
    // What the drain has recorded is to be seen before it is erased.
    fixture.worker.getBean("eraser", SmartLifecycle.class).stop();
  }

  @AfterAll
  static void stop() {
    fixture.worker.close();
  }

  @Test
  void jobsOfADeletedAppAreDropped() {
    String app = fixture.app();
    String other = another(app);
    drain(app, fixture.chatJob(app, 1), fixture.messageJob(app, 1, 1, "a"));
    double before = late();
    fixture
        .mysql
        .sql("UPDATE apps SET deleted_at = UTC_TIMESTAMP(6) WHERE token = ?")
        .param(app)
        .update();

    drain(
        app,
        fixture.messageJob(app, 1, 2, "late"),
        fixture.chatJob(app, 2),
        fixture.changeJob(app, 1, 1, 1, new MessageChange.Deletion()),
        erasure(app, "ann", FIRST));
    drain(other, fixture.chatJob(other, 1));

    assertThat(late() - before).isEqualTo(4);
    assertThat(fixture.messages(app, 1)).containsExactly("1:a");
    assertThat(fixture.chatsCount(app)).isEqualTo(1);
    assertThat(fixture.changes(app, 1)).isEmpty();
    assertThat(erasures(app)).isEmpty();
    assertThat(fixture.deadLetters(app)).isEmpty();
    assertThat(fixture.chatsCount(other)).isEqualTo(1);
  }

  @Test
  void anErasureIsRecordedOnce() {
    String app = fixture.app();

    drain(app, erasure(app, "ann", FIRST), erasure(app, "bob", FIRST));
    progress(app);
    drain(app, erasure(app, "ann", FIRST), fixture.chatJob(app, 1));

    assertThat(erasures(app))
        .containsExactly(
            "ann 2026-02-03 04:05:06.789012 3 4 erased",
            "bob 2026-02-03 04:05:06.789012 3 4 erased");
    assertThat(fixture.deadLetters(app)).isEmpty();
    assertThat(fixture.chatsCount(app)).isEqualTo(1);
  }

  @Test
  void aLaterErasureOfTheSameAuthorBeginsAnew() {
    String app = fixture.app();
    drain(app, erasure(app, "ann", FIRST), erasure(app, "bob", FIRST));
    progress(app);

    drain(app, erasure(app, "ann", FIRST.plusSeconds(1)));

    assertThat(erasures(app))
        .containsExactly(
            "ann 2026-02-03 04:05:07.789012 0 0 null", "bob 2026-02-03 04:05:06.789012 3 4 erased");
  }

  /**
   * What ann wrote between the two requests may be behind the place that the first one has reached.
   */
  @Test
  void anErasureByAGatewayWhoseClockIsBehindBeginsAnew() {
    String app = fixture.app();
    drain(app, erasure(app, "ann", FIRST));
    progress(app);

    drain(app, erasure(app, "ann", FIRST.minusSeconds(3)));

    assertThat(erasures(app)).containsExactly("ann 2026-02-03 04:05:06.789013 0 0 null");
  }

  /** A collation would take the names for one, and one of the two would never be erased. */
  @Test
  void authorsAreComparedByteForByte() {
    String app = fixture.app();

    drain(app, erasure(app, "ann", FIRST), erasure(app, "ann ", FIRST), erasure(app, "änn", FIRST));

    assertThat(erasures(app)).hasSize(3).anyMatch(row -> row.startsWith("änn 2026"));
  }

  /** As whoever erases does. */
  private static void progress(String app) {
    fixture
        .mysql
        .sql(
            """
            UPDATE erasures SET seen_chat = 3, seen_message = 4, rows_erased_at = UTC_TIMESTAMP(6)
            WHERE app_id = ?""")
        .param(fixture.id(app))
        .update();
  }

  private static List<String> erasures(String app) {
    return fixture
        .mysql
        .sql(
            """
            SELECT CONCAT(CONVERT(author USING utf8mb4), ' ', requested_at, ' ', seen_chat, ' ', seen_message, ' ',
                          IF(rows_erased_at IS NULL, 'null', 'erased'))
            FROM erasures WHERE app_id = ? AND chat_number = 0 ORDER BY author""")
        .param(fixture.id(app))
        .query((row, _) -> row.getString(1))
        .list();
  }

  /** Another app of the same partition, so that the jobs of both may come in one batch. */
  private static String another(String app) {
    String other = fixture.app();
    while (!fixture.keys(other).equals(fixture.keys(app))) {
      other = fixture.app();
    }
    return other;
  }

  private static String erasure(String app, String author, Instant at) {
    return fixture.codec.openErasure(new AppToken(app), author, at, null) + "1}";
  }

  private static void drain(String app, String... jobs) {
    fixture.queue(app, jobs);
    await().atMost(Duration.ofMinutes(1)).until(() -> fixture.isDrained(app));
  }

  private static double late() {
    return fixture.worker.getBean(MeterRegistry.class).get("tally.late.jobs").counter().count();
  }
}
