package dev.tally.worker.restore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tally.common.identity.AppToken;
import dev.tally.common.identity.ChatName;
import dev.tally.common.partition.PartitionKeys;
import dev.tally.worker.WorkerFixture;
import dev.tally.worker.verify.Report;
import dev.tally.worker.verify.Verification;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The search index is replaced when it has what it should not have. */
class SetBackSearchIT {

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

  @BeforeEach
  void awaitALiveIndex() {
    WorkerFixture.await(() -> indexes().size() == 1);
  }

  @Test
  void lostMessagesVanishByOneReindexForAllPartitions() throws Exception {
    List<String> apps = appsOfDifferentPartitions(3);
    for (String app : apps) {
      fixture.queue(
          app,
          fixture.chatJob(app, 1),
          fixture.messageJob(app, 1, 1, "kept"),
          fixture.messageJob(app, 1, 2, "confidential"));
      fixture.awaitDrained(app);
    }
    awaitIndexed();
    assertThat(found("confidential")).isEqualTo(3);
    String before = indexes().getFirst();
    double replaced = replaced("mysql-set-back");
    apps.forEach(SetBackSearchIT::setBack);

    // The other partitions have no jobs, so they do not notice anything by themselves.
    fixture.queue(apps.getFirst(), fixture.messageJob(apps.getFirst(), 1, 3, "later"));
    // It is counted last.
    WorkerFixture.await(() -> replaced("mysql-set-back") == replaced + 1);
    assertThat(indexes()).hasSize(1).doesNotContain(before);
    for (String app : apps.subList(1, 3)) {
      fixture.queue(app, fixture.messageJob(app, 1, 3, "later"));
      fixture.awaitDrained(app);
    }
    awaitIndexed();

    assertThat(due()).as("partitions for which another index is due").isEmpty();
    assertThat(replaced("mysql-set-back")).isEqualTo(replaced + 1);
    assertThat(found("confidential")).isZero();
    assertThat(found("kept")).isEqualTo(3);
    assertThat(found("later")).isEqualTo(3);
    assertThat(verify()).isEmpty();
  }

  @Test
  void anIndexOfAnOlderVersionIsReplaced() throws Exception {
    String app = fixture.app();
    fixture.queue(app, fixture.chatJob(app, 1), fixture.messageJob(app, 1, 1, "older"));
    fixture.awaitDrained(app);
    awaitIndexed();
    String before = indexes().getFirst();
    double replaced = replaced("older-layout");

    fixture.mysql.sql("UPDATE search_indexes SET layout = 1").update();
    fixture.queue(app, fixture.messageJob(app, 1, 2, "newer"));
    // It is counted last.
    WorkerFixture.await(() -> replaced("older-layout") == replaced + 1);
    awaitIndexed();

    assertThat(indexes()).hasSize(1).doesNotContain(before);
    assertThat(found("older")).isEqualTo(1);
    assertThat(found("newer")).isEqualTo(1);
    assertThat(http("GET", "/" + before).statusCode()).isEqualTo(404);
    assertThat(verify()).isEmpty();
  }

  private static List<String> appsOfDifferentPartitions(int count) {
    List<String> apps = new ArrayList<>();
    Set<PartitionKeys> partitions = new HashSet<>();
    while (apps.size() < count) {
      String app = fixture.app();
      if (partitions.add(fixture.keys(app))) {
        apps.add(app);
      }
    }
    return apps;
  }

  /** The backup has the chat with its first message. */
  private static void setBack(String app) {
    long id = fixture.id(app);
    fixture.mysql.sql("DELETE FROM messages WHERE app_id = ? AND number > 1").param(id).update();
    fixture.mysql.sql("UPDATE chats SET messages_count = 1 WHERE app_id = ?").param(id).update();
    fixture
        .mysql
        .sql("UPDATE partition_positions SET persisted = 2, seen = 2 WHERE partition_number = ?")
        .param(fixture.keys(app).partition())
        .update();
    // As the gateway has counted.
    fixture.count(fixture.keys(app).messages(new ChatName(new AppToken(app), 1)), 2);
  }

  private static List<String> indexes() {
    return fixture
        .mysql
        .sql("SELECT name FROM search_indexes")
        .query((row, _) -> row.getString(1))
        .list();
  }

  private static List<Integer> due() {
    return fixture
        .mysql
        .sql("SELECT partition_number FROM partition_positions WHERE index_due <> 0")
        .query((row, _) -> row.getInt(1))
        .list();
  }

  private static void awaitIndexed() {
    WorkerFixture.await(
        () ->
            fixture.mysql.sql("SELECT COUNT(*) FROM search_outbox").query(Long.class).single()
                == 0);
  }

  private static double replaced(String reason) {
    return fixture
        .worker
        .getBean(MeterRegistry.class)
        .get("tally.index.replaced")
        .tag("reason", reason)
        .counter()
        .count();
  }

  /** How many documents have a word. */
  private static int found(String word) throws Exception {
    http("POST", "/tally-messages/_refresh");
    String answer = http("GET", "/tally-messages/_count?q=body:" + word).body();
    return Integer.parseInt(answer.replaceFirst(".*\"count\":(\\d+).*", "$1"));
  }

  private static List<String> verify() {
    Report report = fixture.worker.getBean(Verification.class).run(true, _ -> {});
    assertThat(report.searchFault()).isNull();
    return report.findings();
  }

  private static HttpResponse<String> http(String method, String path) throws Exception {
    return HTTP.send(
        HttpRequest.newBuilder(URI.create(fixture.servers.elasticsearchUrl() + path))
            .method(method, HttpRequest.BodyPublishers.noBody())
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }
}
