package dev.tally.worker.verify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tally.common.identity.AppToken;
import dev.tally.common.identity.ChatName;
import dev.tally.common.queue.MessageChange;
import dev.tally.worker.WorkerFixture;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Changes that are missing or counted wrongly are named, and what deletions have not blanked. */
class ChangesCheckIT {

  private static final String NOT_BLANK_MESSAGE =
      "deleted messages have left a body or metadata: 1";
  private static final String NOT_BLANK_CHANGE =
      "changes of deleted messages have left a body or metadata: 1";

  private WorkerFixture fixture;
  private String app;
  private String counter;

  /** Two messages, of which one has been edited and one deleted. */
  @BeforeEach
  void start() {
    fixture = new WorkerFixture();
    app = fixture.app();
    AppToken token = new AppToken(app);
    counter = fixture.keys(app).messages(new ChatName(token, 1));
    fixture.queue(
        app,
        fixture.chatJob(app, 1),
        fixture.messageJob(app, 1, 1, "a"),
        fixture.messageJob(app, 1, 2, "b"),
        fixture.changeJob(app, 1, 1, 1, MessageChange.Edit.all("c", null)),
        fixture.changeJob(app, 1, 2, 2, new MessageChange.Deletion()));
    fixture.awaitDrained(app);
    fixture.count(fixture.keys(app).chats(token), 1);
    fixture.count(counter, 2);
    fixture.countChanges(counter, 2);
  }

  @AfterEach
  void stop() {
    fixture.close();
  }

  @Test
  void whatIsRightIsNotNamed() {
    assertThat(findings()).isEmpty();
  }

  @Test
  void eachWrongCountIsNamed() {
    update("UPDATE chats SET changes_count = 3, pending_count = 1, deleted_count = 0");

    assertThat(findings())
        .containsExactlyInAnyOrder(
            chat("changes_count is 3, but there are 2"),
            chat("pending_count is 1, but there are 0"),
            chat("deleted_count is 0, but there are 1"));
  }

  /** A column's rules say that a body of spaces is empty. */
  @Test
  void whatADeletedMessageStillSaysIsNamed() {
    update("UPDATE messages SET body = ' ' WHERE number = 2");
    assertThat(findings()).containsExactly(chat(NOT_BLANK_MESSAGE));

    update("UPDATE messages SET body = '', metadata = '{}' WHERE number = 2");
    assertThat(findings()).containsExactly(chat(NOT_BLANK_MESSAGE));
  }

  @Test
  void whatTheChangesOfADeletedMessageStillSayIsNamed() {
    update("UPDATE changes SET body = 'b' WHERE number = 2");
    assertThat(findings()).containsExactly(chat(NOT_BLANK_CHANGE));

    update("UPDATE changes SET body = NULL, metadata = '{}' WHERE number = 2");
    assertThat(findings()).containsExactly(chat(NOT_BLANK_CHANGE));

    update("UPDATE changes SET metadata = NULL WHERE number = 2");
    assertThat(findings()).isEmpty();
    update("UPDATE changes SET message_number = 2 WHERE number = 1");
    assertThat(findings()).containsExactly(chat(NOT_BLANK_CHANGE));
  }

  @Test
  void aChangeThatIsNowhereIsNamed() {
    fixture.countChanges(counter, 3);
    assertThat(findings()).containsExactly(chat("no row, job or dead letter has change 3"));

    update("DELETE FROM changes WHERE number = 1");
    update("UPDATE chats SET changes_count = 1");
    assertThat(findings())
        .containsExactlyInAnyOrder(
            chat("no row, job or dead letter has change 1"),
            chat("no row, job or dead letter has change 3"));
  }

  @Test
  void aCounterThatWouldGiveANumberOutAgainIsNamed() {
    fixture.countChanges(counter, 1);

    assertThat(findings())
        .containsExactly(
            "counter %s has given out change 1, but change 2 is persisted".formatted(counter));
  }

  @Test
  void changesWithoutAChatAreNamed() {
    update("UPDATE changes SET chat_number = 7");
    update("UPDATE chats SET changes_count = 0");
    fixture.redis.opsForHash().delete(counter, "changes");

    assertThat(findings())
        .containsExactly(
            "changes belong to chat 7 of app %d, which does not exist".formatted(fixture.id(app)));
  }

  @Test
  void acceptedChangesAreLookedFor() throws IOException {
    fixture.redis.opsForValue().set(fixture.keys(app).owner(), "nobody");
    fixture.queue(app, fixture.changeJob(app, 1, 1, 3, new MessageChange.Deletion()));
    List<String> findings = new ArrayList<>();
    String lines =
        """
        {"app":"%1$s","chat":1,"change":2}
        {"app":"%1$s","chat":1,"change":3}
        {"app":"%1$s","chat":1,"change":4}
        {"app":"%1$s","chat":1,"message":1,"sha256":"%2$s"}
        """
            .formatted(app, "0".repeat(64));

    AcceptedReport report =
        fixture
            .worker
            .getBean(AcceptedCheck.class)
            .run(
                new ByteArrayInputStream(lines.getBytes(StandardCharsets.UTF_8)),
                findings::add,
                _ -> {});

    // The body of a message that has been changed since is not compared.
    assertThat(report).isEqualTo(new AcceptedReport(4, 2, 1, 1));
    assertThat(findings)
        .containsExactly(
            "app %s chat 1 change 4: was accepted and is not persisted".formatted(app));
  }

  private String chat(String finding) {
    return "app %s chat 1: %s".formatted(app, finding);
  }

  private void update(String sql) {
    fixture.mysql.sql(sql).update();
  }

  private List<String> findings() {
    return fixture.worker.getBean(Verification.class).run(false, _ -> {}).findings();
  }
}
