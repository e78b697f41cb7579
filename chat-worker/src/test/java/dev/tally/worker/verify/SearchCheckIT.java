package dev.tally.worker.verify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tally.common.identity.AppToken;
import dev.tally.common.identity.ChatKey;
import dev.tally.common.identity.MessageKey;
import dev.tally.common.identity.NumberRange;
import dev.tally.common.search.SearchLayout;
import dev.tally.testkit.TestServers;
import dev.tally.worker.ChatWorker;
import dev.tally.worker.index.DocumentWriter;
import dev.tally.worker.index.Message;
import dev.tally.worker.index.SearchCluster;
import dev.tally.worker.index.lifecycle.IndexKeeper;
import dev.tally.worker.index.lifecycle.SearchIndexes;
import dev.tally.worker.outbox.SearchOutbox;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

/** Every document that is not as its message is now is named, and no other. */
class SearchCheckIT {

  private static final ChatKey CHAT = new ChatKey(1, 1);
  private static final AppToken APP = new AppToken("%032x".formatted(1));

  private static ConfigurableApplicationContext worker;
  private static JdbcClient mysql;

  /** Has connections of its own, so it takes part in no transaction of the worker. */
  private static JdbcClient other;

  private static SearchCheck check;
  private static DocumentWriter.Target live = new DocumentWriter.Target("", 0);

  @BeforeAll
  static void start() {
    TestServers servers = TestServers.wiped();
    // A context for commands: it does not drain and does not index.
    worker = ChatWorker.forCommand(servers.arguments().toArray(String[]::new));
    mysql = worker.getBean(JdbcClient.class);
    other = JdbcClient.create(servers.dataSource());
    check = worker.getBean(SearchCheck.class);
  }

  @AfterAll
  static void stop() {
    worker.close();
  }

  @BeforeEach
  void persistAndIndexAMessageThatWasEditedAndOneThatWasDeleted() {
    SearchCluster cluster = worker.getBean(SearchCluster.class);
    SearchIndexes indexes = worker.getBean(SearchIndexes.class);
    indexes.all().forEach(entry -> cluster.delete(entry.name()));
    for (String table : List.of("apps", "messages", "search_outbox", "search_indexes")) {
      mysql.sql("DELETE FROM " + table).update();
    }
    mysql
        .sql(
            "INSERT INTO apps (id, token, name, created_at, updated_at)"
                + " VALUES (1, ?, 'Acme', UTC_TIMESTAMP(6), UTC_TIMESTAMP(6))")
        .param(APP.value())
        .update();
    mysql
        .sql(
            """
            INSERT INTO messages
              (app_id, chat_number, number, body, revision, created_at, edited_at, deleted_at)
            VALUES (1, 1, 1, 'plan', NULL, UTC_TIMESTAMP(6), NULL, NULL),
                   (1, 1, 2, 'edited', 3, UTC_TIMESTAMP(6), UTC_TIMESTAMP(6), NULL),
                   (1, 1, 3, '', 5, UTC_TIMESTAMP(6), UTC_TIMESTAMP(6), UTC_TIMESTAMP(6))""")
        .update();
    worker.getBean(IndexKeeper.class).check();
    live = indexes.all().getFirst().target();
    index(1, "plan", 0);
  }

  @Test
  void aMessageThatIsIndexedAsItIsIsRight() {
    index(2, "edited", 3);
    index(3, "", 5);

    assertThat(findings()).isEmpty();
  }

  @Test
  void anOldTextIsFound() {
    index(2, "draft", 0);
    index(3, "secret", 4);

    assertThat(findings())
        .containsExactly(
            "message 1:1:2 is indexed with another body",
            "message 1:1:3 is indexed with another body");
  }

  @Test
  void aTextOfADeletedMessageIsFoundAlsoUnderItsRevision() {
    index(2, "edited", 3);
    index(3, "secret", 5);

    assertThat(findings()).containsExactly("message 1:1:3 is indexed with another body");
  }

  /** Such a document would be replaced by one of a later revision with an old text. */
  @Test
  void anOldVersionOfTheSameTextIsFound() {
    index(2, "edited", 2);
    index(3, "", 5);

    assertThat(findings()).containsExactly("message 1:1:2 has revision 3, and is indexed as of 2");
  }

  @Test
  void aDeletedMessageWithoutADocumentIsFound() {
    index(2, "edited", 3);

    assertThat(findings()).containsExactly("message 1:1:3 is not indexed");
  }

  @Test
  void aRevisionThatTheMessageDoesNotHaveIsFound() {
    index(2, "edited again", 4);
    index(3, "", 5);

    assertThat(findings())
        .containsExactly("document 1:1:2 is of revision 4, and its message has 3");
  }

  @Test
  void anIndexOfBeforeMySqlWasSetBackIsFoundAsAWhole() {
    index(2, "edited again", 4);
    index(3, "", 5);
    mysql
        .sql(
            "INSERT INTO partition_positions (partition_number, epoch, index_due) VALUES (3, 1, 1)")
        .update();

    assertThat(findings())
        .containsExactly(
            "MySQL was set back, and no search index has been built since: the live one has what MySQL"
                + " has lost");

    mysql.sql("DELETE FROM partition_positions").update();
  }

  @Test
  void whatIsInTheOutboxIsOnItsWay() {
    index(2, "draft", 0);
    worker
        .getBean(SearchOutbox.class)
        .append(List.of(new SearchOutbox.Range(0, CHAT, new NumberRange(2, 3))));
    Findings findings = new Findings();

    assertThat(check.persistedIsIndexed(findings, _ -> {})).isEqualTo(2);

    check.indexedIsPersisted(findings);
    assertThat(findings.shown()).isEmpty();
  }

  @Test
  void aChangeThatIsMadeAndIndexedAfterTheSnapshotIsRight() {
    index(2, "edited", 3);
    index(3, "", 5);
    TransactionTemplate snapshot =
        new TransactionTemplate(worker.getBean(PlatformTransactionManager.class));
    snapshot.setIsolationLevel(TransactionDefinition.ISOLATION_REPEATABLE_READ);
    snapshot.setReadOnly(true);
    Findings findings = new Findings();

    snapshot.executeWithoutResult(
        _ -> {
          // The first statement begins the snapshot.
          mysql.sql("SELECT COUNT(*) FROM messages").query(Long.class).single();
          other.sql("UPDATE messages SET body = 'late', revision = 6 WHERE number = 2").update();
          index(2, "late", 6);
          check.persistedIsIndexed(findings, _ -> {});
        });
    check.indexedIsPersisted(findings);

    assertThat(findings.shown()).isEmpty();
  }

  @Test
  void versionsOfAnOlderLayoutAreNoRevisions() {
    mysql.sql("UPDATE search_indexes SET layout = ?").param(SearchLayout.OLDEST_USABLE).update();
    index(1, "plan", 2);
    index(2, "draft", 9);
    index(3, "", 1);

    assertThat(findings()).containsExactly("message 1:1:2 is indexed with another body");
  }

  @Test
  void versionsOfALaterLayoutAreRevisions() {
    mysql.sql("UPDATE search_indexes SET layout = ?").param(SearchLayout.VERSION + 1).update();
    index(2, "edited", 2);
    index(3, "", 5);

    assertThat(findings()).containsExactly("message 1:1:2 has revision 3, and is indexed as of 2");
  }

  private static void index(long number, String body, long revision) {
    Message message = new Message(new MessageKey(CHAT, number), APP, body, revision, Instant.EPOCH);
    assertThat(worker.getBean(DocumentWriter.class).write(live, List.of(message)).notTaken())
        .isEmpty();
  }

  private static List<String> findings() {
    Findings findings = new Findings();
    assertThat(check.persistedIsIndexed(findings, _ -> {})).isZero();
    check.indexedIsPersisted(findings);
    return findings.shown();
  }
}
