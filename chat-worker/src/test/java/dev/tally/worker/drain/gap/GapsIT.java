package dev.tally.worker.drain.gap;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tally.common.deadletter.DeadLetters;
import dev.tally.worker.WorkerFixture;
import io.micrometer.core.instrument.MeterRegistry;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** A gap that is persisted is logged and counted, once; a dead letter is no gap. */
@ExtendWith(OutputCaptureExtension.class)
class GapsIT {

  /** More than MySQL takes in a message. */
  private static final String REFUSED = "x".repeat(70_000);

  private static WorkerFixture fixture;

  @BeforeAll
  static void start() {
    fixture = new WorkerFixture();
  }

  @AfterAll
  static void stop() {
    fixture.close();
  }

  @Test
  void aGapIsReportedOnce(CapturedOutput output) {
    double chats = gaps("chat");
    double messages = gaps("message");
    String app = fixture.app();
    persist(app, fixture.chatJob(app, 1), fixture.messageJob(app, 1, 1, "a"));

    persist(
        app,
        fixture.chatJob(app, 3),
        fixture.messageJob(app, 1, 4, "d"),
        fixture.messageJob(app, 1, 6, "f"),
        fixture.messageJob(app, 3, 2, "second of a new chat"));

    String where = "in app " + app.substring(0, 8) + "…";
    assertThat(output)
        .contains(where + ": no row, job or dead letter has chat 2;")
        .contains(where + " chat 1: no row, job or dead letter has messages 2 to 3;")
        .contains(where + " chat 1: no row, job or dead letter has message 5;")
        .contains(where + " chat 3: no row, job or dead letter has message 1;")
        .doesNotContain(app);
    assertThat(gaps("chat") - chats).isEqualTo(1);
    assertThat(gaps("message") - messages).isEqualTo(4);

    // Neither rows that fill a gap nor rows that follow it make another one.
    persist(
        app,
        fixture.chatJob(app, 4),
        fixture.messageJob(app, 1, 3, "c"),
        fixture.messageJob(app, 1, 7, "g"),
        fixture.messageJob(app, 1, 8, "h"));
    assertThat(fixture.messages(app, 1)).containsExactly("1:a", "3:c", "4:d", "6:f", "7:g", "8:h");
    assertThat(gaps("chat") - chats).isEqualTo(1);
    assertThat(gaps("message") - messages).isEqualTo(4);
  }

  @Test
  void aDeadLetterIsNoGapNeitherInItsBatchNorAfterIt(CapturedOutput output) {
    double messages = gaps("message");
    String app = fixture.app();

    persist(
        app,
        fixture.chatJob(app, 1),
        fixture.messageJob(app, 1, 1, "a"),
        fixture.messageJob(app, 1, 2, REFUSED),
        fixture.messageJob(app, 1, 3, "c"),
        fixture.messageJob(app, 1, 4, REFUSED));
    persist(app, fixture.messageJob(app, 1, 5, "e"));

    assertThat(fixture.messages(app, 1)).containsExactly("1:a", "3:c", "5:e");
    assertThat(fixture.deadLetters(app)).hasSize(2);
    assertThat(gaps("message")).isEqualTo(messages);
    assertThat(output).doesNotContain("a gap is persisted");

    fixture
        .worker
        .getBean(DeadLetters.class)
        .removeAll(fixture.worker.getBean(DeadLetters.class)::retry);
    fixture.awaitDrained(app);
    assertThat(gaps("message")).isEqualTo(messages);
    fixture.redis.delete(fixture.keys(app).dead());
  }

  private static void persist(String app, String... jobs) {
    fixture.queue(app, jobs);
    fixture.awaitDrained(app);
  }

  private static double gaps(String kind) {
    return fixture
        .worker
        .getBean(MeterRegistry.class)
        .get("tally.gaps")
        .tag("kind", kind)
        .counter()
        .count();
  }
}
