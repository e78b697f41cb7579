package dev.tally.worker.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tally.common.identity.AppToken;
import dev.tally.common.identity.ChatName;
import dev.tally.common.queue.MessageContent;
import dev.tally.worker.ChatWorker;
import dev.tally.worker.WorkerFixture;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The command leaves the work to a running worker, and waits for it. */
class EraseCommandIT {

  private static WorkerFixture fixture;
  private static String app;

  @BeforeAll
  static void start() {
    fixture = new WorkerFixture("--tally.worker.erase.settle=1s");
    app = fixture.app();
    fixture.queue(
        app,
        fixture.chatJob(app, 1),
        fixture.messageJob(app, 1, 1, new MessageContent("one", "ada", null, null)),
        fixture.messageJob(app, 1, 2, new MessageContent("two", "bob", null, null)));
    fixture.awaitDrained(app);
    fixture.count(fixture.keys(app).chats(new AppToken(app)), 1);
  }

  @AfterAll
  static void stop() {
    fixture.close();
  }

  @Test
  void whatAnAuthorWroteIsDeleted() {
    assertThat(erase("--app", app, "--author", "ada")).isZero();

    fixture.awaitDrained(app);
    assertThat(fixture.messages(app, 1)).containsExactly("1:", "2:two");
  }

  @Test
  void whatIsNotDeletedIsRefused() {
    assertThat(erase("--app", app)).isEqualTo(WorkerCommand.WRONG);
    assertThat(erase("--app", app, "--chat", "1")).isEqualTo(WorkerCommand.WRONG);
    assertThat(erase("--app", "f".repeat(32), "--author", "ada")).isEqualTo(WorkerCommand.WRONG);
    assertThat(erase("--app", "f".repeat(32))).isEqualTo(WorkerCommand.WRONG);
    assertThat(erasures()).isZero();
  }

  @Test
  void aWrongCommandLineIsNamed() {
    assertThat(erase("--app", "nobody")).isEqualTo(WorkerCommand.UNABLE);
    assertThat(erase("--app", app, "--chat", "0")).isEqualTo(WorkerCommand.UNABLE);
    assertThat(erase("--app", app, "--chat", "1", "--author", "ada"))
        .isEqualTo(WorkerCommand.UNABLE);
    assertThat(erase("--chat", "1")).isEqualTo(WorkerCommand.UNABLE);
  }

  /** What was accepted before the command is deleted, too. */
  @Test
  void whatWaitsInTheQueueIsPersistedBefore() throws Exception {
    hold(app);
    fixture.count(fixture.keys(app).messages(new ChatName(new AppToken(app), 1)), 3);
    fixture.queue(
        app, fixture.messageJob(app, 1, 3, new MessageContent("three", "cleo", null, null)));
    CompletableFuture<Integer> command =
        CompletableFuture.supplyAsync(() -> erase("--app", app, "--author", "cleo"));
    assertWaits(command);
    assertThat(erasures()).isZero();

    release(app);

    assertThat(command.get(1, TimeUnit.MINUTES)).isZero();
    fixture.awaitDrained(app);
    assertThat(fixture.messages(app, 1)).contains("3:");
  }

  /** The worker's own eraser goes through all steps, once nothing of the app is on its way. */
  @Test
  void aDeletedAppIsWaitedFor() throws Exception {
    String deleted = fixture.app();
    fixture.queue(
        deleted, fixture.chatJob(deleted, 1), fixture.messageJob(deleted, 1, 1, "secret"));
    fixture.awaitDrained(deleted);
    hold(deleted);
    fixture.queue(deleted, fixture.messageJob(deleted, 1, 2, "late"));
    fixture
        .mysql
        .sql("UPDATE apps SET deleted_at = UTC_TIMESTAMP(6) WHERE token = ?")
        .param(deleted)
        .update();
    fixture
        .mysql
        .sql(
            "INSERT INTO erasures (app_id, chat_number, author, requested_at)"
                + " VALUES (?, 0, '', UTC_TIMESTAMP(6))")
        .param(fixture.id(deleted))
        .update();

    CompletableFuture<Integer> command =
        CompletableFuture.supplyAsync(() -> erase("--app", deleted));
    assertWaits(command);

    release(deleted);

    assertThat(command.get(1, TimeUnit.MINUTES)).isZero();
    assertThat(erasures()).isZero();
    assertThat(fixture.messages(deleted, 1)).isEmpty();
  }

  /** Longer than the command takes to start. */
  private static void assertWaits(CompletableFuture<Integer> command) {
    assertThatThrownBy(() -> command.get(10, TimeUnit.SECONDS))
        .isInstanceOf(TimeoutException.class);
  }

  /** Keeps the worker from draining the app's partition. */
  private static void hold(String app) {
    fixture.redis.opsForValue().set(fixture.keys(app).owner(), "nobody", Duration.ofHours(1));
  }

  private static void release(String app) {
    fixture.redis.delete(fixture.keys(app).owner());
  }

  private static long erasures() {
    return fixture.mysql.sql("SELECT COUNT(*) FROM erasures").query(Long.class).single();
  }

  private static int erase(String... options) {
    String[] arguments = new String[options.length + 1];
    arguments[0] = "erase";
    System.arraycopy(options, 0, arguments, 1, options.length);
    return WorkerCommand.execute(
        _ -> ChatWorker.forCommand(fixture.servers.arguments().toArray(String[]::new)), arguments);
  }
}
