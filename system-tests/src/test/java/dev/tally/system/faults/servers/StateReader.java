package dev.tally.system.faults.servers;

import dev.tally.common.deadletter.DeadLetter;
import dev.tally.common.identity.AppToken;
import dev.tally.common.partition.PartitionKeys;
import dev.tally.common.queue.Job;
import dev.tally.common.queue.JobCodec;
import dev.tally.common.queue.MessageChange;
import dev.tally.common.queue.UndecodableJobException;
import dev.tally.common.search.AppDigest;
import dev.tally.stack.ServerKind;
import dev.tally.system.faults.deployment.Deployment;
import dev.tally.system.faults.workload.Parent;
import dev.tally.system.faults.workload.State;
import io.lettuce.core.RedisClient;
import io.lettuce.core.ScanArgs;
import io.lettuce.core.ScanIterator;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Reads the data of a deployment's servers directly, without any service. */
public final class StateReader {

  private static final int PAGE = 5_000;
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final Pattern CHATS = Pattern.compile("(tally:\\{\\d+}:)([0-9a-f]+):chats");
  private static final Pattern MESSAGES =
      Pattern.compile("(tally:\\{\\d+}:)([0-9a-f]+):(\\d+):messages");
  private static final Pattern DEAD = Pattern.compile("tally:\\{\\d+}:dead");

  private final Deployment deployment;

  /** Tokens by application id, from the last read. */
  private final Map<Long, String> tokens = new HashMap<>();

  public StateReader(Deployment deployment) {
    this.deployment = deployment;
  }

  /**
   * Reads everything. Call this only when no client writes, the queues are drained, and the search
   * outbox is empty.
   */
  public State read() {
    State state =
        new State(
            new HashMap<>(),
            new HashMap<>(),
            new HashSet<>(),
            new HashMap<>(),
            new HashMap<>(),
            new HashMap<>(),
            new HashMap<>(),
            new HashMap<>(),
            new ArrayList<>());
    tokens.clear();
    try (Connection connection =
        DriverManager.getConnection(deployment.server(ServerKind.MARIADB).url(), "root", "")) {
      tokens.putAll(StateRows.read(connection, state));
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
    readRedis(state);
    readIndex(state);
    return state;
  }

  private void readRedis(State state) {
    try (RedisClient client = RedisClient.create(deployment.server(ServerKind.REDIS).url());
        StatefulRedisConnection<String, String> connection = client.connect()) {
      RedisCommands<String, String> redis = connection.sync();
      Set<String> keys = new HashSet<>();
      ScanIterator.scan(redis, ScanArgs.Builder.matches("tally:*").limit(PAGE))
          .forEachRemaining(keys::add);
      for (String key : keys) {
        Matcher chats = CHATS.matcher(key);
        Matcher messages = MESSAGES.matcher(key);
        if (chats.matches()) {
          readCounter(redis, key, chats.group(1), new Parent.App(chats.group(2)), state);
        } else if (messages.matches()) {
          long chat = Long.parseLong(messages.group(3));
          Parent.Chat parent = new Parent.Chat(messages.group(2), chat);
          readCounter(redis, key, messages.group(1), parent, state);
          readCounter(redis, key, messages.group(1), parent.changes(), state);
        } else if (DEAD.matcher(key).matches()) {
          for (String letter : redis.lrange(key, 0, -1)) {
            state.deadLetters().add(dead(letter));
          }
        }
      }
    }
  }

  /** A counter of an older epoch is not read: nobody uses it before it is recovered. */
  private static void readCounter(
      RedisCommands<String, String> redis,
      String key,
      String beforeApp,
      Parent parent,
      State state) {
    String counter =
        redis.hget(
            key, parent instanceof Parent.Changes ? PartitionKeys.CHANGES : PartitionKeys.NUMBERS);
    String epoch = redis.hget(key, PartitionKeys.EPOCH);
    String present = redis.hget(beforeApp + "state", PartitionKeys.EPOCH);
    if (counter != null
        && Objects.requireNonNullElse(epoch, "0")
            .equals(Objects.requireNonNullElse(present, "0"))) {
      state.counters().put(parent, Long.parseLong(counter));
    }
  }

  private static State.Dead dead(String text) {
    DeadLetter letter = DeadLetter.decode(text.getBytes(StandardCharsets.UTF_8));
    String reason = letter.reason().slug();
    try {
      return switch (new JobCodec().decode(new String(letter.job(), StandardCharsets.UTF_8))) {
        case Job.NewChat job ->
            new State.Dead(reason, new Parent.App(job.app().value()), job.chat().number(), null);
        case Job.NewMessage job ->
            new State.Dead(
                reason,
                new Parent.Chat(job.app().value(), job.message().chat().number()),
                job.message().number(),
                State.Message.name(job.content().body()));
        case Job.ErasedAuthor job ->
            new State.Dead(reason, new Parent.App(job.app().value()), 0, null);
        case Job.ChangedChat job ->
            new State.Dead(
                reason,
                new Parent.Changes(job.app().value(), job.chat().number()),
                job.number(),
                "a change of the chat");
        case Job.ChangedMessage job ->
            new State.Dead(
                reason,
                new Parent.Changes(job.app().value(), job.message().chat().number()),
                job.number(),
                State.Change.identity(
                    job.change() instanceof MessageChange.Edit ? "edit" : "delete",
                    job.message().number(),
                    String.valueOf(job.author())));
      };
    } catch (UndecodableJobException e) {
      return new State.Dead(reason, null, 0, null);
    }
  }

  private void readIndex(State state) {
    Map<String, String> apps = new HashMap<>();
    tokens.values().forEach(app -> apps.put(AppDigest.of(new AppToken(app)).value(), app));
    try (HttpClient http = HttpClient.newHttpClient()) {
      ask(http, "/tally-messages/_refresh", "");
      List<String> fields = List.of("digest", "chat", "number");
      ObjectNode search = JSON.createObjectNode().put("size", PAGE).put("_source", false);
      ArrayNode sort = search.putArray("sort");
      fields.forEach(sort::add);
      while (true) {
        JsonNode hits = ask(http, "/tally-messages/_search", search.toString()).at("/hits/hits");
        if (hits.isEmpty()) {
          return;
        }
        for (JsonNode hit : hits) {
          JsonNode key = hit.path("sort");
          String digest = key.get(0).asString();
          String app = apps.getOrDefault(digest, "with digest " + digest);
          state
              .indexed()
              .computeIfAbsent(new Parent.Chat(app, key.get(1).asLong()), _ -> new HashSet<>())
              .add(key.get(2).asLong());
        }
        search.set("search_after", hits.get(hits.size() - 1).path("sort"));
      }
    } catch (IOException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private JsonNode ask(HttpClient http, String path, String body)
      throws IOException, InterruptedException {
    HttpResponse<String> answer =
        http.send(
            HttpRequest.newBuilder(
                    URI.create(deployment.server(ServerKind.ELASTICSEARCH).url() + path))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    if (answer.statusCode() != 200) {
      throw new IllegalStateException(answer.body());
    }
    return JSON.readTree(answer.body());
  }
}
