package dev.tally.worker.index.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tally.common.identity.AppToken;
import dev.tally.common.identity.ChatKey;
import dev.tally.common.identity.MessageKey;
import dev.tally.common.identity.Numbers;
import dev.tally.worker.index.BulkAnswer;
import dev.tally.worker.index.DocumentWriter;
import dev.tally.worker.index.IndexedMessages;
import dev.tally.worker.index.IndexedMessages.Indexed;
import dev.tally.worker.index.Message;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a reindex makes of messages that are edited and deleted, before it and while it runs. */
@Timeout(120)
class ReindexChangedIT {

  private static final ChatKey CHAT = new ChatKey(1, 1);
  private static final AppToken APP = new AppToken("%032x".formatted(1));

  private static KeeperFixture fixture;
  private static Reindex reindex;
  private static DocumentWriter writer;

  @BeforeAll
  static void start() {
    fixture = new KeeperFixture();
    reindex = fixture.worker.getBean(Reindex.class);
    writer = fixture.worker.getBean(DocumentWriter.class);
  }

  @AfterAll
  static void stop() {
    fixture.close();
  }

  @BeforeEach
  void anAppWithTwoMessages() {
    fixture.removeEverything();
    fixture.addApp(1);
  }

  @Test
  void itIndexesMessagesAsTheyAre() {
    change(1, "edited", 3, "edited_at");
    change(2, "", 4, "deleted_at");

    assertThat(reindex.run((_, _) -> {})).isEqualTo(2);

    assertThat(indexed())
        .isEqualTo(
            Map.of(key(1), new Indexed("edited", 3), key(2), new Indexed("", Numbers.HIGHEST)));
  }

  @Test
  void itDoesNotUndoChangesThatWereMadeAfterItReadTheRows() {
    reindex.run(
        (done, _) -> {
          if (done == 0) {
            // The scan has its snapshot, and has sent nothing yet.
            change(1, "edited", 3, "edited_at");
            change(2, "", 4, "deleted_at");
            indexerSends("edited", 3, 1);
            indexerSends("", 4, 2);
          }
        });

    assertThat(indexed())
        .isEqualTo(Map.of(key(1), new Indexed("edited", 3), key(2), new Indexed("", 4)));
  }

  private static void change(long number, String body, long revision, String time) {
    fixture
        .other
        .sql(
            "UPDATE messages SET body = ?, revision = ?, %s = UTC_TIMESTAMP(6) WHERE number = ?"
                .formatted(time))
        .params(body, revision, number)
        .update();
  }

  private static void indexerSends(String body, long revision, long number) {
    DocumentWriter.Target building = fixture.indexes.building().getFirst().target();
    Message message = new Message(key(number), APP, body, revision, Instant.now());
    assertThat(writer.write(building, List.of(message)))
        .isEqualTo(new BulkAnswer(1, false, Set.of(), Set.of(), ""));
  }

  private static Map<MessageKey, Indexed> indexed() {
    return fixture
        .worker
        .getBean(IndexedMessages.class)
        .documents(
            List.of(
                new Message(key(1), APP, "", 0, Instant.EPOCH),
                new Message(key(2), APP, "", 0, Instant.EPOCH)));
  }

  private static MessageKey key(long number) {
    return new MessageKey(CHAT, number);
  }
}
