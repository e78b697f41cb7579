package dev.tally.system.faults.servers;

import dev.tally.common.partition.PartitionKeys;
import dev.tally.common.queue.Job;
import dev.tally.common.queue.JobCodec;
import dev.tally.common.queue.UndecodableJobException;
import dev.tally.stack.Server;
import dev.tally.stack.ServerKind;
import dev.tally.system.faults.deployment.Deployment;
import dev.tally.system.faults.workload.Parent;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisException;
import io.lettuce.core.ScanArgs;
import io.lettuce.core.ScanIterator;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Reads from the running servers which numbers they have, while clients write. */
public final class Marks {

  private static final int PAGE = 5_000;
  private static final Pattern COUNTER =
      Pattern.compile("tally:\\{\\d+}:([0-9a-f]+):(?:chats|(\\d+):messages)");
  private static final Pattern JOBS =
      Pattern.compile("tally:\\{\\d+}:(?:[0-9a-f]+:jobs|claimed|retried)");

  private static final String APPS = "SELECT id, token FROM apps";
  private static final String CHATS = "SELECT app_id, MAX(number) FROM chats GROUP BY app_id";
  private static final String MESSAGES =
      """
      SELECT chats.app_id, chats.number, COALESCE(MAX(messages.number), 0)
      FROM chats LEFT JOIN messages
        ON messages.app_id = chats.app_id AND messages.chat_number = chats.number
      GROUP BY chats.app_id, chats.number\
      """;
  private static final String CHANGES =
      """
      SELECT chats.app_id, chats.number, COALESCE(MAX(changes.number), 0)
      FROM chats LEFT JOIN changes
        ON changes.app_id = chats.app_id AND changes.chat_number = chats.number
      GROUP BY chats.app_id, chats.number\
      """;

  private final Deployment deployment;
  private final JobCodec codec = new JobCodec();

  public Marks(Deployment deployment) {
    this.deployment = deployment;
  }

  /**
   * What MySQL has.
   *
   * @param apps tokens
   * @param highest the highest number in each parent that exists
   */
  public record Rows(Set<String> apps, Map<Parent, Long> highest) {}

  /** Reads what MySQL has at least. */
  public Rows persisted() {
    Map<Long, String> apps = new HashMap<>();
    Map<Parent, Long> highest = new HashMap<>();
    try (Connection connection =
            DriverManager.getConnection(deployment.server(ServerKind.MARIADB).url(), "root", "");
        Statement statement = connection.createStatement()) {
      try (ResultSet row = statement.executeQuery(APPS)) {
        while (row.next()) {
          apps.put(row.getLong(1), row.getString(2));
          highest.put(new Parent.App(row.getString(2)), 0L);
        }
      }
      try (ResultSet row = statement.executeQuery(CHATS)) {
        while (row.next()) {
          String app = apps.get(row.getLong(1));
          if (app != null) {
            highest.put(new Parent.App(app), row.getLong(2));
          }
        }
      }
      try (ResultSet row = statement.executeQuery(MESSAGES)) {
        while (row.next()) {
          String app = apps.get(row.getLong(1));
          if (app != null) {
            highest.put(new Parent.Chat(app, row.getLong(2)), row.getLong(3));
          }
        }
      }
      try (ResultSet row = statement.executeQuery(CHANGES)) {
        while (row.next()) {
          String app = apps.get(row.getLong(1));
          if (app != null) {
            highest.put(new Parent.Changes(app, row.getLong(2)), row.getLong(3));
          }
        }
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
    return new Rows(Set.copyOf(apps.values()), highest);
  }

  /** Reads the numbers that Redis has given out at least, in each parent. */
  public Map<Parent, Long> givenOut() {
    return givenOut(deployment.server(ServerKind.REDIS));
  }

  /** Reads the numbers in each parent that a Redis, or a replica, knows to be given out. */
  public Map<Parent, Long> givenOut(Server server) {
    return at(
        server,
        redis -> {
          Map<Parent, Long> numbers = new HashMap<>();
          for (String key : keys(redis)) {
            Matcher counter = COUNTER.matcher(key);
            if (counter.matches()) {
              String app = counter.group(1);
              String chat = counter.group(2);
              if (chat == null) {
                put(numbers, new Parent.App(app), redis.hget(key, PartitionKeys.NUMBERS));
              } else {
                Parent.Chat parent = new Parent.Chat(app, Long.parseLong(chat));
                put(numbers, parent, redis.hget(key, PartitionKeys.NUMBERS));
                put(numbers, parent.changes(), redis.hget(key, PartitionKeys.CHANGES));
              }
            }
          }
          return numbers;
        });
  }

  private static void put(Map<Parent, Long> numbers, Parent parent, @Nullable String number) {
    if (number != null) {
      numbers.put(parent, Long.parseLong(number));
    }
  }

  /** Reads the lowest number of the jobs of each parent that Redis has; absent if it has none. */
  public Map<Parent, Long> lowestQueued() {
    return inRedis(
        redis -> {
          Map<Parent, Long> lowest = new HashMap<>();
          for (String key : keys(redis)) {
            if (JOBS.matcher(key).matches()) {
              redis.lrange(key, 0, -1).forEach(job -> add(job, lowest));
            }
          }
          return lowest;
        });
  }

  private void add(String text, Map<Parent, Long> lowest) {
    try {
      switch (codec.decode(text)) {
        case Job.NewChat job ->
            lowest.merge(new Parent.App(job.app().value()), job.chat().number(), Math::min);
        case Job.NewMessage job ->
            lowest.merge(
                new Parent.Chat(job.app().value(), job.message().chat().number()),
                job.message().number(),
                Math::min);
        case Job.ErasedAuthor _ -> throw new IllegalStateException("no client erases");
        case Job.Change job ->
            lowest.merge(
                new Parent.Changes(job.app().value(), job.chat().number()),
                job.number(),
                Math::min);
      }
    } catch (UndecodableJobException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Makes Redis forget everything. */
  public void flushRedis() {
    inRedis(RedisCommands::flushall);
  }

  private static Set<String> keys(RedisCommands<String, String> redis) {
    return ScanIterator.scan(redis, ScanArgs.Builder.matches("tally:*").limit(PAGE)).stream()
        .collect(Collectors.toSet());
  }

  /** Whether a Redis takes no writes but those of its primary. */
  public static boolean isReplica(Server server) {
    try {
      return at(server, redis -> redis.info("replication").contains("role:slave"));
    } catch (RedisException e) {
      // The Sentinels reset all connections when they demote it.
      return false;
    }
  }

  private <T> T inRedis(Function<RedisCommands<String, String>, T> work) {
    return at(deployment.server(ServerKind.REDIS), work);
  }

  private static <T> T at(Server server, Function<RedisCommands<String, String>, T> work) {
    try (RedisClient client = RedisClient.create(server.url());
        StatefulRedisConnection<String, String> connection = client.connect()) {
      return work.apply(connection.sync());
    }
  }
}
