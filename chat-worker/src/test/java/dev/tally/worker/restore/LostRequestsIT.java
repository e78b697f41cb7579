package dev.tally.worker.restore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tally.common.identity.AppToken;
import dev.tally.common.partition.PartitionKeys;
import dev.tally.common.queue.MessageChange;
import dev.tally.worker.WorkerFixture;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LostRequestsIT {

  /** A message and a change of one number are told apart. */
  @Test
  void onlyWhatIsLostAsAWholeIsForgotten() {
    try (WorkerFixture fixture = new WorkerFixture()) {
      String app = fixture.app();
      PartitionKeys keys = fixture.keys(app);
      fixture.queue(
          app,
          fixture.chatJob(app, 1),
          fixture.messageJob(app, 1, 1, "kept"),
          fixture.messageJob(app, 1, 2, "lost"),
          fixture.changeJob(app, 1, 1, 1, MessageChange.Edit.all("lost", null)),
          fixture.changeJob(app, 1, 1, 2, MessageChange.Edit.all("kept", null)));
      fixture.awaitDrained(app);
      fixture.mysql.sql("UPDATE messages SET lost_at = created_at WHERE number = 2").update();
      fixture.mysql.sql("UPDATE changes SET effect = 'lost' WHERE number = 1").update();
      String records = keys.records(new AppToken(app)).getFirst();
      fixture
          .redis
          .opsForHash()
          .putAll(
              records,
              Map.of(
                  "message1", "f 1 1 1",
                  "message2", "f 1 2 1",
                  "messages", "f 1 1 2",
                  "change1", "f 1c 1 1",
                  "change2", "f 1c 2 1",
                  "changes", "f 1c 1 2",
                  "erasure", "f 0c 1 1",
                  "chat", "f 0 1 1"));

      assertThat(fixture.worker.getBean(LostRequests.class).forget(keys)).isEqualTo(3);

      assertThat(fixture.redis.opsForHash().keys(records))
          .containsExactlyInAnyOrder("message1", "messages", "change2", "changes", "chat");
    }
  }
}
