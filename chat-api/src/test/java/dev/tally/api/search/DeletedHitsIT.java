package dev.tally.api.search;

import static org.assertj.core.api.Assertions.assertThat;

import co.elastic.clients.elasticsearch.ElasticsearchClient;
import co.elastic.clients.elasticsearch._types.Refresh;
import co.elastic.clients.elasticsearch.core.bulk.BulkOperation;
import dev.tally.api.ChatApi;
import dev.tally.common.search.SearchLayout;
import dev.tally.testkit.TestServers;
import dev.tally.testkit.http.Http;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.JdbcTemplate;

/** Elasticsearch learns late that a message is gone. Searches do not show it meanwhile. */
class DeletedHitsIT {

  private static final String INDEX = "tally-messages";
  private static final long COUNT = 200;

  private static ConfigurableApplicationContext api;
  private static JdbcTemplate mysql;

  private String app = "";

  @BeforeAll
  static void start() throws IOException {
    List<String> arguments = new ArrayList<>(TestServers.wiped().arguments());
    arguments.addAll(
        List.of("--server.port=0", "--server.address=127.0.0.1", "--logging.level.root=WARN"));
    api = ChatApi.start(arguments.toArray(String[]::new));
    mysql = api.getBean(JdbcTemplate.class);
    mysql.update(
        "INSERT INTO search_indexes (name, role, layout) VALUES (?, 'LIVE', ?)",
        INDEX,
        SearchLayout.VERSION);
    SearchedIndexes.createEmpty(elasticsearch(), INDEX);
  }

  @AfterAll
  static void stop() {
    api.close();
  }

  /** A chat whose messages all have one word, each with a document. */
  @BeforeEach
  void fill() throws IOException {
    app = Http.postJson(url("/apps"), "{\"name\":\"a\"}").is(201).json().path("token").asString();
    SearchedIndexes.insertChat(mysql, app, COUNT);
    index(LongStream.rangeClosed(1, COUNT).mapToObj(number -> document(number, "word")).toList());
  }

  @Test
  void whatIsDeletedLostOrGoneIsNotFound() {
    mysql.update("UPDATE messages SET deleted_at = UTC_TIMESTAMP(6) WHERE number = 2");
    mysql.update("UPDATE messages SET lost_at = UTC_TIMESTAMP(6) WHERE number = 3");
    mysql.update("DELETE FROM messages WHERE number = 4");

    assertThat(numbers(search("&limit=5").is(200))).containsExactly(1L, 5L, 6L, 7L, 8L);
  }

  /** What is left out makes no page shorter, and ends none too early. */
  @Test
  void pagesLeadPastWhatIsLeftOut() {
    mysql.update(
        "UPDATE messages SET deleted_at = UTC_TIMESTAMP(6) WHERE number % 67 > 0 AND number < 200");

    Http.Answer page = search("&limit=2").is(200);
    assertThat(numbers(page)).containsExactly(67L, 134L);
    Http.Answer last = Http.get(page.next().orElseThrow()).is(200);
    assertThat(numbers(last)).containsExactly(200L);
    assertThat(last.next()).isEmpty();
  }

  @Test
  void aChatWhoseMessagesAreAllDeletedHasNone() {
    mysql.update("UPDATE messages SET deleted_at = UTC_TIMESTAMP(6)");

    Http.Answer page = search("").is(200);
    assertThat(page.body()).isEqualTo("[]");
    assertThat(page.next()).isEmpty();
  }

  /** A better match that is gone does not keep a search from looking for typos. */
  @Test
  void typosAreFoundIfWhatMatchesBetterIsGone() throws IOException {
    index(List.of(document(1, "harbour"), document(2, "harbuor")));
    String path = "/apps/" + app + "/chats/1/search?q=harbuor";
    assertThat(numbers(Http.get(url(path)).is(200))).containsExactly(2L);

    mysql.update("UPDATE messages SET deleted_at = UTC_TIMESTAMP(6) WHERE number = 2");

    assertThat(numbers(Http.get(url(path)).is(200))).containsExactly(1L);
  }

  private Http.Answer search(String more) {
    return Http.get(url("/apps/" + app + "/chats/1/search?q=word" + more));
  }

  private BulkOperation document(long number, String body) {
    return SearchedIndexes.document(app, number, body);
  }

  private static void index(List<BulkOperation> documents) throws IOException {
    elasticsearch().bulk(bulk -> bulk.index(INDEX).refresh(Refresh.True).operations(documents));
  }

  private static List<Long> numbers(Http.Answer page) {
    return page.json().valueStream().map(hit -> hit.path("number").asLong()).toList();
  }

  private static ElasticsearchClient elasticsearch() {
    return api.getBean(ElasticsearchClient.class);
  }

  private static String url(String path) {
    return "http://127.0.0.1:" + api.getEnvironment().getProperty("local.server.port") + path;
  }
}
