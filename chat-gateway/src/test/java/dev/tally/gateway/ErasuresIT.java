package dev.tally.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tally.common.identity.AppToken;
import dev.tally.common.partition.PartitionKeys;
import dev.tally.common.partition.Partitions;
import dev.tally.common.queue.Job;
import dev.tally.common.queue.JobCodec;
import dev.tally.testkit.http.Http;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.context.ConfigurableApplicationContext;

/** {@code DELETE /apps/{token}/messages?author=}: a job without a number. */
class ErasuresIT extends SharedGateway {

  private static Http.Answer erase(String app, String query, String... headers) {
    return fixture.change(gateway, "DELETE", "/apps/" + app + "/messages" + query, null, headers);
  }

  private static PartitionKeys keys(String app) {
    return new Partitions(16).of(new AppToken(app));
  }

  private static List<Job> jobs(String app) throws Exception {
    JobCodec codec = new JobCodec();
    List<Job> jobs = new ArrayList<>();
    for (String text : redis.opsForList().range(keys(app).jobs(new AppToken(app)), 0, -1)) {
      jobs.add(codec.decode(text));
    }
    return jobs;
  }

  @Test
  void anErasureIsQueuedAndTakesNoNumber() throws Exception {
    String app = fixture.app(0);
    String author = "Änn & \"}";
    String query = "?author=" + URLEncoder.encode(author, StandardCharsets.UTF_8);
    String trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    Http.Answer answer = erase(app, query, "traceparent", trace).is(202);

    assertThat(answer.text("author")).isEqualTo(author);
    assertThat(fixture.post(gateway, "/apps/" + app + "/chats").body())
        .isEqualTo("{\"chat_number\":1}");
    assertThat(erase(app, query).is(202).text("author")).isEqualTo(author);
    assertThat(fixture.post(gateway, "/apps/" + app + "/chats").body())
        .isEqualTo("{\"chat_number\":2}");
    List<Job> jobs = jobs(app);
    assertThat(jobs).hasSize(4);
    assertThat(jobs.getFirst())
        .isInstanceOfSatisfying(
            Job.ErasedAuthor.class,
            job -> {
              assertThat(job.app()).isEqualTo(new AppToken(app));
              assertThat(job.author()).isEqualTo(author);
              assertThat(job.traceparent()).isEqualTo(trace);
            });
    assertThat(jobs.get(2)).isInstanceOf(Job.ErasedAuthor.class);
  }

  @Test
  void aPartitionCountsItAsAnyJob() {
    String app = fixture.app(0);
    fixture.post(gateway, "/apps/" + app + "/chats").is(201);
    long position = position(app);

    erase(app, "?author=ann").is(202);

    assertThat(position(app)).isEqualTo(position + 1);
  }

  private static long position(String app) {
    return Long.parseLong(
        (String) redis.opsForHash().get(keys(app).state(), PartitionKeys.POSITION));
  }

  @Test
  void aRepeatedRequestIsQueuedOnce() throws Exception {
    String app = fixture.app(0);

    erase(app, "?author=ann", "Idempotency-Key", "k").is(202);
    assertThat(erase(app, "?author=ann", "Idempotency-Key", "k").is(202).body())
        .isEqualTo("{\"author\":\"ann\"}");
    erase(app, "?author=bob", "Idempotency-Key", "k").is(422);

    assertThat(jobs(app)).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "''|author must not be blank.",
        "?author=|author must not be blank.",
        "?author=%20|author must not be blank.",
        "?authors=ann|authors is not known here. Leave it out, or send: author.",
      })
  void anAuthorThatIsWrongIsNamed(String query, String error) throws Exception {
    String app = fixture.app(0);

    erase(app, query).isProblem(422, "invalid-field", error);

    erase(app, "?author=" + "x".repeat(129))
        .isProblem(422, "invalid-field", "author must be at most 128 characters long.");
    assertThat(jobs(app)).isEmpty();
  }

  @Test
  void whatIsNoErasureIsRefused() throws Exception {
    String app = fixture.app(0);

    fixture
        .change(gateway, "DELETE", "/apps/" + app + "/messages?author=ann", "{}")
        .isProblem(
            400, "malformed-request", "A DELETE has no body here: send author in the query.");
    erase(app, "?author=ann", "Accept", "text/html").is(406);
    erase("ab".repeat(16), "?author=ann").isProblem(404, "app-not-found", "App not found");

    assertThat(jobs(app)).isEmpty();
  }

  @Test
  void aFullQueueAndARateLimitRefuseIt() {
    String app = fixture.app(0);
    try (ConfigurableApplicationContext small =
        fixture.start(
            "--tally.gateway.queue-limit=1",
            "--tally.gateway.rate-limit.per-second=1",
            "--tally.gateway.rate-limit.burst=50")) {
      String path = "/apps/" + app + "/messages?author=ann";
      Http.Answer answer;
      do {
        answer = fixture.change(small, "DELETE", path, null);
      } while (answer.status() == 202);
      answer.isProblem(503, "queue-full", "Queue full");
      do {
        answer = fixture.change(small, "DELETE", path, null);
      } while (answer.status() == 503);
      answer.is(429);
    }
  }
}
