package dev.tally.bench.system;

import dev.tally.bench.report.Series;
import dev.tally.bench.report.Table;
import dev.tally.testkit.RedisServer;
import io.lettuce.core.api.sync.RedisCommands;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The longest times that Tally's scripts held Redis, from Redis' slow log. */
public final class SlowScripts {

  private static final int ENTRIES = 100_000;

  private final RedisCommands<String, String> redis;

  /** Names of scripts by their digests. */
  private final Map<String, String> names = new TreeMap<>();

  /** Begins to log all calls of at least half a millisecond. */
  public SlowScripts(RedisServer server) {
    this.redis = server.commands();
    for (String module : List.of("common", "chat-worker")) {
      Path folder = Path.of(module, "src/main/resources/lua");
      try (DirectoryStream<Path> scripts = Files.newDirectoryStream(folder, "*.lua")) {
        for (Path script : scripts) {
          names.put(redis.digest(Files.readString(script)), script.getFileName().toString());
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    redis.configSet("slowlog-log-slower-than", "500");
    redis.configSet("slowlog-max-len", Integer.toString(ENTRIES));
    redis.slowlogReset();
  }

  /**
   * Adds a row for each script that was logged: its longest call beside the median of those that
   * were logged. Where processors are scarce, the longest call is one that waited for one.
   */
  public void addTo(Table table, String title) {
    Map<String, List<Double>> calls = new TreeMap<>();
    for (Object logged : redis.slowlogGet(ENTRIES)) {
      List<?> entry = (List<?>) logged;
      List<?> command = (List<?>) entry.get(3);
      String name = command.size() < 2 ? null : names.get(command.get(1));
      if (name != null) {
        double millis = (Long) entry.get(2) / 1e3;
        calls.computeIfAbsent(name, _ -> new ArrayList<>()).add(millis);
      }
    }
    redis.slowlogReset();
    calls.forEach(
        (name, millis) ->
            table.add(
                "longest %s, %s".formatted(name, title),
                Series.of(name, "ms", Collections.max(millis)),
                Series.of("median", "ms", new Series(name, "ms", millis).median())));
  }
}
