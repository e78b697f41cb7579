package dev.tally.worker.drain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tally.worker.WorkerFixture;
import io.micrometer.core.instrument.MeterRegistry;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A newer gateway has queued jobs that this worker does not know. */
class NewerJobsIT {

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
  void aNewerJobWaitsForANewerWorkerAndStopsItsPartitionOnly() {
    String app = fixture.app();
    String other = fixture.app();
    String message = fixture.messageJob(app, 1, 1, "a");
    String newer = message.replace("\"v\":1", "\"v\":1000");

    fixture.queue(app, fixture.chatJob(app, 1), newer, fixture.messageJob(app, 1, 2, "b"));
    WorkerFixture.await(() -> givenBack() > 1);
    fixture.queue(other, fixture.chatJob(other, 1));
    fixture.awaitDrained(other);

    assertThat(fixture.chatsCount(other)).isEqualTo(1);
    assertThat(fixture.deadLetters(app)).isEmpty();
    assertThat(fixture.redis.opsForList().range(fixture.keys(app).claimed(), 0, -1))
        .contains(newer);

    // A newer worker knows the job. To this one, it is as if the job were another.
    fixture.redis.opsForList().set(fixture.keys(app).claimed(), 1, message);
    fixture.awaitDrained(app);

    assertThat(fixture.messages(app, 1)).containsExactly("1:a", "2:b");
    assertThat(fixture.deadLetters(app)).isEmpty();
  }

  private static double givenBack() {
    return fixture
        .worker
        .getBean(MeterRegistry.class)
        .get("tally.partitions.given.back")
        .counter()
        .count();
  }
}
