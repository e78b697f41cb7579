package dev.tally.worker.erase;

import static java.nio.charset.StandardCharsets.UTF_8;

import co.elastic.clients.elasticsearch.ElasticsearchClient;
import dev.tally.common.deadletter.DeadLetter;
import dev.tally.common.identity.AppToken;
import dev.tally.common.identity.ChatKey;
import dev.tally.common.identity.ChatName;
import dev.tally.common.identity.NumberRange;
import dev.tally.common.partition.PartitionKeys;
import dev.tally.common.queue.MessageChange;
import dev.tally.common.search.AppDigest;
import dev.tally.common.search.SearchLayout;
import dev.tally.worker.WorkerFixture;
import dev.tally.worker.index.DocumentEraser;
import dev.tally.worker.index.DocumentWriter;
import dev.tally.worker.index.Message;
import dev.tally.worker.index.Messages;
import dev.tally.worker.index.lifecycle.SearchIndexes;
import dev.tally.worker.lease.OwnedPartitions;
import dev.tally.worker.outbox.SearchOutbox;
import dev.tally.worker.verify.Verification;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.springframework.context.SmartLifecycle;

/** A worker whose own eraser is stopped, so that a test takes each turn itself. */
final class EraseFixture implements AutoCloseable {

  final WorkerFixture worker = new WorkerFixture();
  final EraseTurns turns = new EraseTurns(worker);
  private final ElasticsearchClient elasticsearch = bean(ElasticsearchClient.class);

  EraseFixture() {
    bean(Eraser.class).stop();
  }

  <T> T bean(Class<T> type) {
    return worker.worker.getBean(type);
  }

  /** Nobody claims jobs of an app's partition until it is given back. */
  void holdDrain(String app) {
    worker.redis.opsForValue().set(keys(app).owner(), "nobody", Duration.ofHours(1));
  }

  void giveBack(String app) {
    worker.redis.delete(keys(app).owner());
  }

  /** From now on nobody claims jobs, so those that a test puts somewhere stay there. */
  void stopDraining() {
    ((SmartLifecycle) bean(OwnedPartitions.class)).stop();
  }

  void turn() {
    turns.turn(bean(DocumentEraser.class));
  }

  /** An app with two chats of two messages each, of which one is edited; all of it is indexed. */
  String app() {
    String app = worker.app();
    worker.queue(
        app,
        worker.chatJob(app, 1),
        worker.chatJob(app, 2),
        worker.messageJob(app, 1, 1, "secret one"),
        worker.messageJob(app, 1, 2, "secret two"),
        worker.messageJob(app, 2, 1, "kept one"),
        worker.messageJob(app, 2, 2, "kept two"),
        worker.changeJob(app, 1, 1, 1, MessageChange.Edit.all("secret edit", null)));
    worker.awaitDrained(app);
    AppToken token = new AppToken(app);
    worker.count(keys(app).chats(token), 2);
    for (long chat : List.of(1L, 2L)) {
      worker.count(counter(app, chat), 2);
      worker.countChanges(counter(app, chat), chat == 1 ? 1 : 0);
      letter(app, worker.messageJob(app, chat, 9, "letter"));
    }
    worker
        .redis
        .opsForHash()
        .putAll(
            records(app),
            Map.of("chats", "f 0 1 2", "one", "f 1 1 2", "edit", "f 1c 1 1", "two", "f 2 1 2"));
    awaitIndexed();
    return app;
  }

  /** Adds messages to chat 1, whose texts are not in the queue's way. */
  void addMessages(String app, int from, int to) {
    worker
        .mysql
        .sql(
            """
            INSERT INTO messages (app_id, chat_number, number, body, created_at)
            SELECT ?, 1, place, CONCAT('secret ', place), UTC_TIMESTAMP(6)
            FROM JSON_TABLE(?, '$[*]' COLUMNS (place BIGINT PATH '$')) AS places""")
        .params(worker.id(app), IntStream.rangeClosed(from, to).boxed().toList().toString())
        .update();
    update(
        "UPDATE chats SET messages_count = ? WHERE app_id = ? AND number = 1", to, worker.id(app));
    worker.count(counter(app, 1), to);
    bean(SearchOutbox.class)
        .append(
            List.of(
                new SearchOutbox.Range(
                    keys(app).partition(), key(app, 1), new NumberRange(from, to))));
    awaitIndexed();
  }

  void awaitIndexed() {
    WorkerFixture.await(() -> count("search_outbox") == 0);
  }

  ChatKey key(String app, long chat) {
    return new ChatKey(worker.id(app), chat);
  }

  PartitionKeys keys(String app) {
    return worker.keys(app);
  }

  String counter(String app, long chat) {
    return keys(app).messages(new ChatName(new AppToken(app), chat));
  }

  String records(String app) {
    return keys(app).records(new AppToken(app)).getFirst();
  }

  String letter(String app, String job) {
    DeadLetter letter = DeadLetter.now(DeadLetter.Reason.REFUSED, job.getBytes(UTF_8));
    worker.redis.opsForList().rightPush(keys(app).dead(), letter.encode());
    return letter.id();
  }

  /** Deletes a chat, as the drain does. */
  void deleteChat(String app, long chat) {
    update(
        "UPDATE chats SET deleted_at = UTC_TIMESTAMP(6), name = NULL, metadata = NULL"
            + " WHERE app_id = ? AND number = ?",
        worker.id(app),
        chat);
    request(app, chat, "");
  }

  /** Deletes an app, as the API does. */
  void deleteApp(String app) {
    update("UPDATE apps SET deleted_at = UTC_TIMESTAMP(6) WHERE token = ?", app);
    request(app, 0, "");
  }

  void request(String app, long chat, String author) {
    worker
        .mysql
        .sql(
            "INSERT INTO erasures (app_id, chat_number, author, requested_at)"
                + " VALUES (?, ?, ?, UTC_TIMESTAMP(6))")
        .params(worker.id(app), chat, author)
        .update();
  }

  /** Takes turns until one has left nothing. */
  void eraseOnce() {
    WorkerFixture.await(
        () -> {
          turn();
          return isLooked();
        });
  }

  boolean isLooked() {
    return count("erasures WHERE rows_erased_at IS NOT NULL") > 0;
  }

  /** Lets the time pass after which what is late has come. */
  void settle() {
    update(
        "UPDATE erasures SET rows_erased_at = rows_erased_at - INTERVAL 3 MINUTE"
            + " WHERE rows_erased_at IS NOT NULL");
  }

  private void update(String sql, Object... parameters) {
    worker.mysql.sql(sql).params(parameters).update();
  }

  long count(String table) {
    return worker.mysql.sql("SELECT COUNT(*) FROM " + table).query(Long.class).single();
  }

  /** How many rows a table has of an app's chat. */
  long rows(String table, String app, long chat) {
    return worker
        .mysql
        .sql("SELECT COUNT(*) FROM %s WHERE app_id = ? AND chat_number = ?".formatted(table))
        .params(worker.id(app), chat)
        .query(Long.class)
        .single();
  }

  String live() {
    return bean(SearchIndexes.class).all().stream()
        .filter(entry -> entry.role() == SearchIndexes.Role.LIVE)
        .findFirst()
        .orElseThrow()
        .name();
  }

  /** How many documents searches may find of a chat. */
  long documents(String app, long chat) {
    String query =
        "digest:\"%s\" AND chat:%d".formatted(AppDigest.of(new AppToken(app)).value(), chat);
    try {
      elasticsearch.indices().refresh(refresh -> refresh.index(live()));
      return elasticsearch.count(count -> count.index(live()).q(query)).count();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The messages of an app, as a worker reads them that is then frozen. */
  List<Message> read(String app, long chat) {
    return bean(Messages.class)
        .in(
            List.of(
                new SearchOutbox.Range(
                    keys(app).partition(), key(app, chat), new NumberRange(1, 100))));
  }

  /**
   * Sends messages when Elasticsearch has forgotten the versions of deleted documents, which it
   * does after a minute. Until then it takes only higher versions.
   */
  void sendLate(List<Message> messages) {
    bean(DocumentWriter.class)
        .write(
            new DocumentWriter.Target(live(), SearchLayout.VERSION),
            messages.stream()
                .map(
                    its ->
                        new Message(
                            its.key(), its.app(), its.body(), its.revision() + 9, its.acceptedAt()))
                .toList());
  }

  /** What {@code verify} finds. */
  List<String> findings() {
    return bean(Verification.class).run(true, _ -> {}).findings();
  }

  @Override
  public void close() {
    turns.close();
    worker.close();
  }
}
