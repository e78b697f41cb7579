package dev.tally.worker.indexer;

import co.elastic.clients.elasticsearch.ElasticsearchClient;
import dev.tally.common.identity.AppToken;
import dev.tally.common.identity.ChatKey;
import dev.tally.common.identity.NumberRange;
import dev.tally.testkit.TestServers;
import dev.tally.worker.ChatWorker;
import dev.tally.worker.index.DocumentWriter;
import dev.tally.worker.index.Messages;
import dev.tally.worker.index.SearchCluster;
import dev.tally.worker.index.lifecycle.IndexKeeper;
import dev.tally.worker.index.lifecycle.SearchIndexes;
import dev.tally.worker.outbox.SearchOutbox;
import dev.tally.worker.position.PositionRecord;
import dev.tally.worker.tracing.WriteSpans;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.PlatformTransactionManager;

/** A round that runs when a test says so, two apps, and a live index that is empty. */
abstract class IndexRoundFixture {

  static final int PARTITION = 3;
  static final ChatKey CHAT = new ChatKey(1, 1);
  static final ChatKey OTHER = new ChatKey(2, 1);

  static TestServers servers;
  static ConfigurableApplicationContext worker;
  static JdbcClient mysql;
  static ElasticsearchClient elasticsearch;
  static SearchOutbox outbox;
  static SearchCluster cluster;
  static SearchIndexes indexes;
  static IndexRound round;

  String live;

  @BeforeAll
  static void start() {
    // A context for commands: it does not drain and does not index.
    servers = TestServers.wiped();
    worker = ChatWorker.forCommand(servers.arguments().toArray(String[]::new));
    mysql = worker.getBean(JdbcClient.class);
    elasticsearch = worker.getBean(ElasticsearchClient.class);
    outbox = worker.getBean(SearchOutbox.class);
    cluster = worker.getBean(SearchCluster.class);
    indexes = worker.getBean(SearchIndexes.class);
    round = round(Set.of(PARTITION));
  }

  /** A round of a worker that owns these partitions. */
  static IndexRound round(Set<Integer> owned) {
    return round(worker, owned);
  }

  /** A round of another worker. */
  static IndexRound round(ConfigurableApplicationContext of, Set<Integer> owned) {
    return new IndexRound(
        outbox,
        of.getBean(Messages.class),
        of.getBean(SearchIndexes.class),
        of.getBean(DocumentWriter.class),
        () -> owned,
        of.getBean(PositionRecord.class),
        new IndexMetrics(outbox, new SimpleMeterRegistry()),
        of.getBean(WriteSpans.class),
        of.getBean(PlatformTransactionManager.class));
  }

  @AfterAll
  static void stop() {
    worker.close();
  }

  @BeforeEach
  void makeAnEmptyIndex() {
    indexes.all().forEach(entry -> cluster.delete(entry.name()));
    for (String table : List.of("apps", "messages", "search_outbox", "search_indexes")) {
      mysql.sql("DELETE FROM " + table).update();
    }
    List.of(CHAT, OTHER).forEach(chat -> addApp(chat.appId()));
    worker.getBean(IndexKeeper.class).check();
    live = indexes.all().getFirst().name();
  }

  static void addApp(long id) {
    mysql
        .sql(
            "INSERT INTO apps (id, token, name, created_at, updated_at)"
                + " VALUES (?, ?, 'Acme', UTC_TIMESTAMP(6), UTC_TIMESTAMP(6))")
        .params(id, token(id).value())
        .update();
  }

  static AppToken token(long app) {
    return new AppToken("%032x".formatted(app));
  }

  static void persist(ChatKey chat, long number, String body) {
    mysql
        .sql(
            "INSERT INTO messages (app_id, chat_number, number, body, created_at)"
                + " VALUES (?, ?, ?, ?, UTC_TIMESTAMP(6))")
        .params(chat.appId(), chat.number(), number, body)
        .update();
  }

  static void append(ChatKey chat, long first, long last) {
    outbox.append(List.of(new SearchOutbox.Range(PARTITION, chat, new NumberRange(first, last))));
  }
}
