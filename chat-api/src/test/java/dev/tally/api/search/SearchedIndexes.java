package dev.tally.api.search;

import co.elastic.clients.elasticsearch.ElasticsearchClient;
import co.elastic.clients.elasticsearch._types.Refresh;
import co.elastic.clients.elasticsearch.core.bulk.BulkOperation;
import dev.tally.api.ChatApi;
import dev.tally.common.identity.AppToken;
import dev.tally.common.search.AppDigest;
import dev.tally.common.search.SearchLayout;
import dev.tally.testkit.TestServers;
import dev.tally.testkit.http.Http;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * An API whose chat has messages, and search indexes of them that are made and replaced here, as
 * workers do.
 */
final class SearchedIndexes implements AutoCloseable {

  static final int COUNT = 5;

  private final ConfigurableApplicationContext api;
  private final JdbcTemplate mysql;
  private final TransactionTemplate transaction;
  private final ElasticsearchClient elasticsearch;
  private final String app;

  private final List<String> created = new ArrayList<>();

  SearchedIndexes() {
    List<String> arguments = new ArrayList<>(TestServers.wiped().arguments());
    arguments.addAll(
        List.of("--server.port=0", "--server.address=127.0.0.1", "--logging.level.root=WARN"));
    api = ChatApi.start(arguments.toArray(String[]::new));
    mysql = api.getBean(JdbcTemplate.class);
    transaction = new TransactionTemplate(api.getBean(PlatformTransactionManager.class));
    elasticsearch = api.getBean(ElasticsearchClient.class);
    app = Http.postJson(url("/apps"), "{\"name\":\"a\"}").is(201).json().path("token").asString();
    insertChat(mysql, app, COUNT);
  }

  /** Inserts an app's first chat, whose messages all have the same word. */
  static void insertChat(JdbcTemplate mysql, String app, long count) {
    mysql.update(
        "INSERT INTO chats (app_id, number, messages_count, created_at)"
            + " SELECT id, 1, ?, UTC_TIMESTAMP(6) FROM apps WHERE token = ?",
        count,
        app);
    mysql.update(
        """
        INSERT INTO messages (app_id, chat_number, number, body, created_at)
        SELECT id, 1, place, 'word', UTC_TIMESTAMP(6)
        FROM apps JOIN JSON_TABLE(?, '$[*]' COLUMNS (place BIGINT PATH '$')) AS places
        WHERE token = ?""",
        LongStream.rangeClosed(1, count).boxed().toList().toString(),
        app);
  }

  /** Creates an index with all messages, and returns its name. */
  String create() throws IOException {
    String name = "tally-messages-" + (created.size() + 1);
    created.add(name);
    createEmpty(elasticsearch, name);
    elasticsearch.bulk(
        bulk ->
            bulk.index(name)
                .refresh(Refresh.True)
                .operations(
                    LongStream.rangeClosed(1, COUNT)
                        .mapToObj(number -> document(app, number, "word"))
                        .toList()));
    return name;
  }

  /** Creates an index without documents. */
  static void createEmpty(ElasticsearchClient elasticsearch, String name) throws IOException {
    elasticsearch
        .indices()
        .create(
            index ->
                index
                    .index(name)
                    .mappings(
                        mappings ->
                            mappings
                                .properties("digest", field -> field.keyword(keyword -> keyword))
                                .properties("body", field -> field.text(text -> text))));
  }

  /** The document of a message of an app's first chat. */
  static BulkOperation document(String app, long number, String body) {
    String digest = AppDigest.of(new AppToken(app)).value();
    Map<String, Object> fields =
        Map.of("digest", digest, "chat", 1, "number", number, "body", body);
    return BulkOperation.of(
        operation -> operation.index(index -> index.routing(digest).document(fields)));
  }

  void delete(String name) throws IOException {
    elasticsearch.indices().delete(index -> index.index(name));
  }

  /** Removes all indexes, so that no search finds an earlier test's. */
  void clear() throws IOException {
    makeNoneLive();
    for (String name : created) {
      elasticsearch.indices().delete(index -> index.index(name).ignoreUnavailable(true));
    }
  }

  /** Makes an index the live one, as the transaction at the end of a reindex does. */
  void makeLive(String name, int layout) {
    transaction.executeWithoutResult(
        _ -> {
          mysql.update("DELETE FROM search_indexes");
          mysql.update(
              "INSERT INTO search_indexes (name, role, layout) VALUES (?, 'LIVE', ?)",
              name,
              layout);
        });
  }

  void makeLive(String name) {
    makeLive(name, SearchLayout.VERSION);
  }

  /** Makes no index the live one. */
  void makeNoneLive() {
    mysql.update("DELETE FROM search_indexes");
  }

  /** Searches for the word that all messages have. */
  Http.Answer search() {
    return Http.get(url("/apps/" + app + "/chats/1/search?q=word"));
  }

  private String url(String path) {
    return "http://127.0.0.1:" + api.getEnvironment().getProperty("local.server.port") + path;
  }

  @Override
  public void close() {
    api.close();
  }
}
