package dev.tally.bench.system;

import dev.tally.bench.load.Target;
import dev.tally.bench.report.Table;
import dev.tally.testkit.Servers;
import dev.tally.testkit.Service;
import dev.tally.testkit.Services;
import io.lettuce.core.api.sync.RedisCommands;
import java.util.List;

/** The servers, services and amounts that a section uses, and the table that gets its rows. */
public record Run(Servers servers, Services services, Scale scale, Table table) {

  /** Prepares a service for measurements under load, see {@link Contender}. */
  public Contender contender(Service service, List<byte[]> requests) {
    return new Contender(new Target(service.port(), requests), service::cpu, scale, () -> {});
  }

  /** The same for writes while no worker runs: after each measurement, the queues are cleared. */
  public Contender writes(Service gateway, List<byte[]> requests) {
    return new Contender(
        new Target(gateway.port(), requests), gateway::cpu, scale, this::clearQueues);
  }

  /** Deletes all queued jobs. Their numbers stay given out. */
  public void clearQueues() {
    RedisCommands<String, String> redis = servers.redis().commands();
    for (String queues : List.of("tally:*:jobs", "tally:*:ring")) {
      List<String> keys = redis.keys(queues);
      if (!keys.isEmpty()) {
        redis.unlink(keys.toArray(String[]::new));
      }
    }
  }

  /** The number of jobs that are not persisted yet. */
  public long waiting() {
    return Drainage.waiting(servers);
  }
}
