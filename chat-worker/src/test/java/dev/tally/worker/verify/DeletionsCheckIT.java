package dev.tally.worker.verify;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tally.common.accept.counter.Parent;
import dev.tally.common.deadletter.DeadLetter;
import dev.tally.common.identity.AppToken;
import dev.tally.common.identity.ChatKey;
import dev.tally.common.identity.ChatName;
import dev.tally.common.identity.MessageKey;
import dev.tally.common.identity.NumberRange;
import dev.tally.common.partition.PartitionKeys;
import dev.tally.worker.WorkerFixture;
import dev.tally.worker.index.DocumentWriter;
import dev.tally.worker.index.Message;
import dev.tally.worker.index.lifecycle.SearchIndexes;
import dev.tally.worker.numbers.MissingNumbers;
import dev.tally.worker.numbers.NumberSearch;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Whatever is left of what is erased is named. */
class DeletionsCheckIT {

  private static WorkerFixture fixture;

  /** Chat 1 is erased. */
  private String app;

  private String erasedApp;

  @BeforeAll
  static void start() {
    fixture = new WorkerFixture();
    SearchIndexes indexes = fixture.worker.getBean(SearchIndexes.class);
    WorkerFixture.await(() -> indexes.all().stream().anyMatch(entry -> entry.indexUuid() != null));
  }

  @AfterAll
  static void stop() {
    fixture.close();
  }

  @BeforeEach
  void erase() {
    app = fixture.app();
    fixture.queue(app, fixture.chatJob(app, 1));
    fixture.awaitDrained(app);
    sql("UPDATE chats SET deleted_at = UTC_TIMESTAMP(6), messages_count = 7, changes_count = 2");
    erasedApp = fixture.app();
    sql("UPDATE apps SET deleted_at = UTC_TIMESTAMP(6), name = '' WHERE id = " + id(erasedApp));
    assertThat(findings()).isEmpty();
  }

  @AfterEach
  void clean() {
    for (String table : List.of("messages", "changes", "search_outbox", "chats", "apps")) {
      sql("DELETE FROM " + table);
    }
    fixture.redis.delete(fixture.redis.keys("tally:*" + app + "*"));
    fixture.redis.delete(fixture.redis.keys("tally:*" + erasedApp + "*"));
    fixture.redis.delete(List.of(keys(app).dead(), keys(erasedApp).dead()));
  }

  @Test
  void messages() {
    message(app);
    assertNamed(chat("messages"));
  }

  @Test
  void changes() {
    change(app);
    assertNamed(chat("changes"));
  }

  @Test
  void nameOfAChat() {
    sql("UPDATE chats SET name = 'Plans'");
    assertNamed(chat("name"));
  }

  @Test
  void metadataOfAChat() {
    sql("UPDATE chats SET metadata = '{}'");
    assertNamed(chat("metadata"));
  }

  @Test
  void outbox() {
    // Of a partition that there is not, so that no worker takes it.
    sql(
        "INSERT INTO search_outbox (partition_number, app_id, chat_number, first_number,"
            + " last_number, due_at) VALUES (99, %d, 1, 1, 1, UTC_TIMESTAMP(6))"
                .formatted(id(app)));
    assertNamed(chat("rows in the search outbox"));
  }

  @Test
  void counter() {
    fixture.count(keys(app).messages(new ChatName(new AppToken(app), 1)), 7);
    assertNamed(chat("its counter"));
  }

  @Test
  void records() {
    fixture
        .redis
        .opsForHash()
        .put(keys(app).records(new AppToken(app)).getLast(), "key", "f 1c 2 1");
    assertNamed(chat("idempotency records"));
  }

  @Test
  void recordsInShards() {
    AppToken token = new AppToken(app);
    fixture.redis.opsForHash().put(keys(app).records(token).get(1), PartitionKeys.MORE, "1");
    fixture.redis.opsForHash().put(keys(app).shards(token, '_').get(1), "_key", "f 1 7 1");
    assertNamed(chat("idempotency records"));
  }

  @Test
  void recordsOfNewChatsStay() {
    fixture
        .redis
        .opsForHash()
        .put(keys(app).records(new AppToken(app)).getLast(), "key", "f 0 1 1");
    assertThat(findings()).isEmpty();
  }

  @Test
  void deadLetters() {
    String id = letter(app);
    assertNamed(chat("the dead letter " + id));
  }

  @Test
  void document() {
    DocumentWriter.Target live =
        fixture.worker.getBean(SearchIndexes.class).all().getFirst().target();
    fixture
        .worker
        .getBean(DocumentWriter.class)
        .write(
            live,
            List.of(
                new Message(
                    new MessageKey(new ChatKey(id(app), 1), 3),
                    new AppToken(app),
                    "secret",
                    0,
                    Instant.now())));
    assertNamed("document %d:1:3 is no persisted message".formatted(id(app)));

    sql(
        "INSERT INTO erasures (app_id, chat_number, author, requested_at, rows_erased_at)"
            + " VALUES (%d, 1, '', UTC_TIMESTAMP(6), UTC_TIMESTAMP(6) + INTERVAL 1 DAY)"
                .formatted(id(app)));
    assertThat(findings()).isEmpty();
    sql("UPDATE erasures SET rows_erased_at = NULL");
    WorkerFixture.await(
        () ->
            fixture
                    .mysql
                    .sql("SELECT COUNT(rows_erased_at) FROM erasures")
                    .query(Long.class)
                    .single()
                == 1);
    sql("DELETE FROM erasures");
    assertThat(findings()).isEmpty();
  }

  @Test
  void rowsOfAnApp() {
    sql(
        "INSERT INTO chats (app_id, number, created_at) VALUES (%d, 1, UTC_TIMESTAMP(6))"
            .formatted(id(erasedApp)));
    message(erasedApp);
    change(erasedApp);
    sql("UPDATE apps SET name = 'Acme' WHERE id = " + id(erasedApp));

    assertThat(findings())
        .containsExactlyInAnyOrder(app("messages"), app("changes"), app("chats"), app("name"));
  }

  @Test
  void counterOfAnApp() {
    fixture.count(keys(erasedApp).chats(new AppToken(erasedApp)), 7);
    assertNamed(app("keys in Redis"));
  }

  @Test
  void recordsOfAnApp() {
    fixture
        .redis
        .opsForHash()
        .put(keys(erasedApp).records(new AppToken(erasedApp)).getFirst(), "key", "f 0 1 1");
    assertNamed(app("keys in Redis"));
  }

  @Test
  void deadLettersOfAnApp() {
    String id = letter(erasedApp);
    assertNamed(app("the dead letter " + id));
  }

  /** Nor are they gaps, whatever a counter or a client's list says. */
  @Test
  void numbersOfWhatIsDeletedAreNotMissing() throws IOException {
    MissingNumbers numbers = new MissingNumbers();
    ChatName deleted = new ChatName(new AppToken(app), 1);
    Parent.App living = new Parent.App(new AppToken(app));
    numbers.add(new Parent.Chat(deleted), new NumberRange(1, 7));
    numbers.add(new Parent.Changes(deleted), new NumberRange(1, 2));
    numbers.add(new Parent.App(new AppToken(erasedApp)), new NumberRange(1, 2));
    numbers.add(living, new NumberRange(2, 2));
    fixture.worker.getBean(NumberSearch.class).look(numbers);
    assertThat(numbers.parents()).containsExactly(living);

    String lines =
        """
        {"app":"%1$s","chat":1,"message":7}
        {"app":"%1$s","chat":1,"change":2}
        {"app":"%2$s","chat":1}
        {"app":"%1$s","chat":2}
        """
            .formatted(app, erasedApp);
    assertThat(
            fixture
                .worker
                .getBean(AcceptedCheck.class)
                .run(new ByteArrayInputStream(lines.getBytes(UTF_8)), _ -> {}, _ -> {}))
        .isEqualTo(new AcceptedReport(4, 3, 0, 1));
  }

  private void message(String of) {
    sql(
        "INSERT INTO messages (app_id, chat_number, number, body, created_at)"
            + " VALUES (%d, 1, 1, 'secret', UTC_TIMESTAMP(6))".formatted(id(of)));
  }

  private void change(String of) {
    sql(
        "INSERT INTO changes (app_id, chat_number, number, effect, fingerprint, created_at)"
            + " VALUES (%d, 1, 1, 'none', REPEAT('x', 16), UTC_TIMESTAMP(6))".formatted(id(of)));
  }

  private String letter(String of) {
    DeadLetter letter =
        DeadLetter.now(
            DeadLetter.Reason.REFUSED, fixture.messageJob(of, 1, 9, "secret").getBytes(UTF_8));
    fixture.redis.opsForList().rightPush(keys(of).dead(), letter.encode());
    return letter.id();
  }

  private String chat(String what) {
    return "app %s chat 1 is erased, but has left %s".formatted(app, what);
  }

  private String app(String what) {
    return "app %s is erased, but has left %s".formatted(erasedApp, what);
  }

  private void assertNamed(String finding) {
    assertThat(findings()).containsExactly(finding);
  }

  private static PartitionKeys keys(String of) {
    return fixture.keys(of);
  }

  private static long id(String of) {
    return fixture.id(of);
  }

  private static void sql(String sql) {
    fixture.mysql.sql(sql).update();
  }

  private static List<String> findings() {
    return fixture.worker.getBean(Verification.class).run(true, _ -> {}).findings();
  }
}
