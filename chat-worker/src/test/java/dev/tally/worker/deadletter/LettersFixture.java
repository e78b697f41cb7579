package dev.tally.worker.deadletter;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.tally.common.deadletter.DeadLetter;
import dev.tally.common.deadletter.DeadLetter.Reason;
import dev.tally.common.identity.AppToken;
import dev.tally.common.identity.ChatName;
import dev.tally.common.partition.PartitionKeys;
import dev.tally.worker.ChatWorker;
import dev.tally.worker.WorkerFixture;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ConfigurableApplicationContext;

/** A running worker, the parts of its commands, and dead letters. */
final class LettersFixture implements AutoCloseable {

  final WorkerFixture worker = new WorkerFixture();
  private final ConfigurableApplicationContext commands =
      ChatWorker.forCommand(worker.servers.arguments().toArray(String[]::new));
  final Drop drop = commands.getBean(Drop.class);
  final Resubmission resubmission = commands.getBean(Resubmission.class);

  /** What the last command told. */
  final List<String> output = new ArrayList<>();

  /** An app with chat 1, which has the message "one". */
  String app() {
    String app = worker.app();
    worker.queue(app, worker.chatJob(app, 1), worker.messageJob(app, 1, 1, "one"));
    worker.awaitDrained(app);
    chats(app, 1);
    messages(app, 1, 1);
    return app;
  }

  /** Gives an app's counter a number. */
  void chats(String app, long number) {
    worker.count(keys(app).chats(new AppToken(app)), number);
  }

  /** Gives a chat's counter a number. */
  void messages(String app, long chat, long number) {
    worker.count(counter(app, chat), number);
  }

  String counter(String app, long chat) {
    return keys(app).messages(new ChatName(new AppToken(app), chat));
  }

  /** Marks chat 1 as deleted, by this change. */
  void mark(String app, long change) {
    worker.redis.opsForHash().put(counter(app, 1), PartitionKeys.DELETED, Long.toString(change));
  }

  /** The change that deleted chat 1, as Redis knows it. */
  @Nullable Object mark(String app) {
    return worker.redis.opsForHash().get(counter(app, 1), PartitionKeys.DELETED);
  }

  PartitionKeys keys(String app) {
    return worker.keys(app);
  }

  /** Adds a dead letter, and returns its id. */
  String letter(String app, Reason reason, String job) {
    DeadLetter letter = DeadLetter.now(reason, job.getBytes(UTF_8));
    worker.redis.opsForList().rightPush(keys(app).dead(), letter.encode());
    return letter.id();
  }

  Result drop(Selection selection) {
    output.clear();
    return drop.run(selection, output::add);
  }

  Result resubmit(Selection selection) {
    output.clear();
    return resubmission.run(selection, output::add);
  }

  /** How many void rows an app has. */
  long lost(String table, String app) {
    return worker
        .mysql
        .sql("SELECT COUNT(*) FROM %s WHERE app_id = ? AND lost_at IS NOT NULL".formatted(table))
        .param(worker.id(app))
        .query(Long.class)
        .single();
  }

  /** How many changes of chat 1 wait for their message, as its row counts. */
  long pending(String app) {
    return worker
        .mysql
        .sql("SELECT pending_count FROM chats WHERE app_id = ?")
        .param(worker.id(app))
        .query(Long.class)
        .single();
  }

  @Override
  public void close() {
    commands.close();
    worker.close();
  }
}
