package dev.tally.worker.indexer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tally.common.identity.AppToken;
import dev.tally.common.partition.PartitionKeys;
import dev.tally.common.search.AppDigest;
import dev.tally.stack.Server;
import dev.tally.stack.ServerKind;
import dev.tally.worker.WorkerFixture;
import dev.tally.worker.index.lifecycle.Reindex;
import dev.tally.worker.verify.Report;
import dev.tally.worker.verify.Verification;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Every persisted message becomes searchable, whatever happens to Elasticsearch. */
class SearchIT {

  private static final HttpClient HTTP = HttpClient.newHttpClient();

  private static WorkerFixture fixture;

  @BeforeAll
  static void start() {
    fixture = new WorkerFixture();
  }

  @AfterAll
  static void stop() {
    fixture.close();
  }

  @Test
  void messagesAreIndexedAfterTheyArePersisted() {
    String app = fixture.app();
    fixture.queue(app, fixture.chatJob(app, 1), fixture.messageJob(app, 1, 1, "hello"));

    awaitIndexed();

    assertThat(verify()).isEmpty();
    String digest = digest(app);
    http("POST", "/tally-messages/_refresh", "");
    assertThat(http("GET", "/tally-messages/_search?q=body:hello", "").body())
        .contains("\"_id\":\"" + digest + ":1:1\"")
        .contains("\"_routing\":\"" + digest + "\"")
        .contains("\"digest\":\"" + digest + "\"")
        .doesNotContain(app);
  }

  @Test
  void indexingCatchesUpWhenElasticsearchIsBack() {
    Server elasticsearch = fixture.servers.killable(ServerKind.ELASTICSEARCH);
    String app = fixture.app();
    elasticsearch.kill();
    try {
      fixture.queue(app, fixture.chatJob(app, 1));
      for (int i = 1; i <= 50; i++) {
        fixture.queue(app, fixture.messageJob(app, 1, i, "meanwhile " + i));
      }
      fixture.awaitDrained(app);
      assertThat(fixture.messages(app, 1)).hasSize(50);
      assertThat(outbox()).isPositive();
    } finally {
      elasticsearch.start();
    }

    awaitIndexed();

    assertThat(verify()).isEmpty();
  }

  /** So answers an index whose shards are not started yet, too. */
  @Test
  void documentsThatCannotBeReadAreAFaultOfTheSearchAndNoFinding() {
    String app = fixture.app();
    fixture.queue(app, fixture.chatJob(app, 1), fixture.messageJob(app, 1, 1, "unreadable"));
    awaitIndexed();
    String index = "/" + live();
    assertThat(http("POST", index + "/_close", "").statusCode()).isEqualTo(200);
    try {
      Report report = fixture.worker.getBean(Verification.class).run(true, _ -> {});

      assertThat(report.searchFault()).hasMessageContaining("cannot read");
      assertThat(report.findings()).isEmpty();
    } finally {
      http("POST", index + "/_open", "");
    }
    assertThat(verify()).isEmpty();
  }

  @Test
  void anIndexThatIsLostIsFilledAgain() {
    String app = fixture.app();
    fixture.queue(
        app,
        fixture.chatJob(app, 1),
        fixture.messageJob(app, 1, 1, "one"),
        fixture.messageJob(app, 1, 2, "two"));
    awaitIndexed();

    assertThat(http("DELETE", "/" + live(), "").statusCode()).isEqualTo(200);
    fixture.queue(app, fixture.messageJob(app, 1, 3, "three"));

    WorkerFixture.await(() -> http("GET", "/tally-messages/_count", "").statusCode() == 200);
    awaitIndexed();
    assertThat(verify()).isEmpty();
  }

  @Test
  void aLongRangeIsIndexedInPieces() {
    String app = fixture.app();
    List<String> jobs = new ArrayList<>();
    jobs.add(fixture.chatJob(app, 1));
    for (int i = 1; i <= 5_000; i++) {
      jobs.add(fixture.messageJob(app, 1, i, "piece " + i));
    }
    fixture.queue(app, jobs.toArray(String[]::new));
    awaitIndexed();

    for (int i = 1; i <= 5_000; i += 500) {
      String document = digest(app) + ":1:" + i;
      // Without this version, the index would take the document no more for a minute.
      http(
          "DELETE",
          "/%s/_doc/%s?routing=%s&version=0&version_type=external_gte"
              .formatted(live(), document, digest(app)),
          "");
    }
    assertThat(verify()).hasSize(10);
    // One outbox row for all of the messages.
    fixture
        .mysql
        .sql(
            "INSERT INTO search_outbox (partition_number, app_id, chat_number,"
                + " first_number, last_number, due_at) VALUES (?, ?, 1, 1, 5000, UTC_TIMESTAMP(6))")
        .params(fixture.keys(app).partition(), fixture.id(app))
        .update();
    awaitIndexed();

    assertThat(verify()).isEmpty();
  }

  @Test
  void aRefusedDocumentIsIndexedLater() {
    String app = fixture.app();
    String index = live();
    fixture.queue(app, fixture.chatJob(app, 1), fixture.messageJob(app, 1, 1, "before"));
    awaitIndexed();
    // The index is read-only for a moment, so it refuses the next document.
    http("PUT", "/" + index + "/_settings", "{\"index.blocks.write\":true}");
    fixture.queue(app, fixture.messageJob(app, 1, 2, "meanwhile"));
    WorkerFixture.await(
        () ->
            fixture
                    .mysql
                    .sql("SELECT COALESCE(MAX(attempts), 0) FROM search_outbox")
                    .query(Long.class)
                    .single()
                > 0);
    http("PUT", "/" + index + "/_settings", "{\"index.blocks.write\":null}");

    awaitIndexed();

    assertThat(verify()).isEmpty();
  }

  @Test
  void aReindexMissesNoMessageThatIsWrittenMeanwhile() throws Exception {
    String app = fixture.app();
    fixture.queue(app, fixture.chatJob(app, 1));
    List<String> jobs = new ArrayList<>();
    for (int i = 1; i <= 3_000; i++) {
      jobs.add(fixture.messageJob(app, 1, i, "before " + i));
    }
    fixture.queue(app, jobs.toArray(String[]::new));
    fixture.awaitDrained(app);
    String before = live();
    AtomicBoolean done = new AtomicBoolean();
    int[] number = {3_000};
    Thread writer =
        Thread.startVirtualThread(
            () -> {
              while (!done.get()) {
                number[0]++;
                fixture.queue(app, fixture.messageJob(app, 1, number[0], "during " + number[0]));
                LockSupport.parkNanos(1_000_000);
              }
            });

    fixture.worker.getBean(Reindex.class).run((_, _) -> {});
    done.set(true);
    writer.join();

    fixture.awaitDrained(app);
    awaitIndexed();
    assertThat(live()).isNotEqualTo(before);
    assertThat(http("GET", "/" + before, "").statusCode()).isEqualTo(404);
    assertThat(fixture.messagesCount(app, 1)).isEqualTo(number[0]);
    assertThat(verify()).isEmpty();
  }

  @Test
  void aReindexRemovesTheIndexOfOneThatDied() {
    String left = "tally-messages-20200101000000000";
    http("PUT", "/" + left, "{\"aliases\":{\"" + left + "-write\":{}}}");
    fixture
        .mysql
        .sql("INSERT INTO search_indexes (name, role) VALUES (?, 'BUILDING')")
        .param(left)
        .update();

    fixture.worker.getBean(Reindex.class).run((_, _) -> {});

    assertThat(http("GET", "/" + left, "").statusCode()).isEqualTo(404);
    assertThat(fixture.mysql.sql("SELECT COUNT(*) FROM search_indexes").query(Long.class).single())
        .isEqualTo(1);
  }

  private static void awaitIndexed() {
    WorkerFixture.await(
        () -> {
          for (int partition = 0; partition < 16; partition++) {
            PartitionKeys keys = new PartitionKeys(partition);
            Object waiting = fixture.redis.opsForHash().get(keys.state(), PartitionKeys.JOBS);
            if ((waiting != null && !waiting.equals("0"))
                || fixture.redis.opsForList().size(keys.claimed()) > 0) {
              return false;
            }
          }
          return outbox() == 0;
        });
  }

  private static String digest(String app) {
    return AppDigest.of(new AppToken(app)).value();
  }

  private static long outbox() {
    return fixture.mysql.sql("SELECT COUNT(*) FROM search_outbox").query(Long.class).single();
  }

  private static List<String> verify() {
    Report report = fixture.worker.getBean(Verification.class).run(true, _ -> {});
    assertThat(report.searchFault()).isNull();
    return report.findings();
  }

  private static String live() {
    return fixture
        .mysql
        .sql("SELECT name FROM search_indexes WHERE role = 'LIVE'")
        .query(String.class)
        .single();
  }

  private static HttpResponse<String> http(String method, String path, String body) {
    try {
      return HTTP.send(
          HttpRequest.newBuilder(URI.create(fixture.servers.elasticsearchUrl() + path))
              .header("Content-Type", "application/json")
              .method(method, HttpRequest.BodyPublishers.ofString(body))
              .build(),
          HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new AssertionError(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }
}
