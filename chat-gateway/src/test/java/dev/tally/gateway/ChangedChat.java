package dev.tally.gateway;

import dev.tally.common.identity.AppToken;
import dev.tally.common.partition.PartitionKeys;
import dev.tally.common.partition.Partitions;
import dev.tally.common.queue.Job;
import dev.tally.common.queue.JobCodec;
import dev.tally.common.queue.UndecodableJobException;
import dev.tally.testkit.http.Http;
import java.net.http.HttpRequest;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.data.redis.core.StringRedisTemplate;

/** Changes of the messages in an app's first chat, and the jobs that they become. */
record ChangedChat(GatewayFixture fixture, ConfigurableApplicationContext gateway, String app) {

  private static final JobCodec CODEC = new JobCodec();

  /** The chat of a new app. It has two messages, and nothing of it is persisted. */
  static ChangedChat in(GatewayFixture fixture, ConfigurableApplicationContext gateway) {
    String app = fixture.app(0);
    fixture.post(gateway, "/apps/" + app + "/chats").is(201);
    fixture.say(gateway, app, 1, "one").is(201);
    fixture.say(gateway, app, 1, "two").is(201);
    return new ChangedChat(fixture, gateway, app);
  }

  /**
   * Sends a change.
   *
   * @param message the rest of the path: the number, and the query
   * @param body null if there is none
   */
  Http.Answer change(String method, Object message, @Nullable String body, String... headers) {
    String path = "/apps/%s/chats/1/messages/%s".formatted(app, message);
    return fixture.change(gateway, method, path, body, headers);
  }

  /** Sends a change for each line. */
  Http.Answer batch(String lines, String... headers) {
    String url =
        "http://127.0.0.1:%d/apps/%s/chats/1/messages".formatted(GatewayFixture.port(gateway), app);
    return Http.send(
        Http.request(url, headers)
            .header("Content-Type", "application/x-ndjson")
            .method("PATCH", HttpRequest.BodyPublishers.ofString(lines)));
  }

  /** The jobs of the app that wait. */
  List<Job> jobs() {
    StringRedisTemplate redis = gateway.getBean(StringRedisTemplate.class);
    return redis.opsForList().range(keys().jobs(new AppToken(app)), 0, -1).stream()
        .map(ChangedChat::decoded)
        .toList();
  }

  Job.ChangedMessage lastChange() {
    return (Job.ChangedMessage) jobs().getLast();
  }

  PartitionKeys keys() {
    return new Partitions(16).of(new AppToken(app));
  }

  private static Job decoded(String text) {
    try {
      return CODEC.decode(text);
    } catch (UndecodableJobException e) {
      throw new AssertionError(text, e);
    }
  }
}
