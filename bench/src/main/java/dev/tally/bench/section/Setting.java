package dev.tally.bench.section;

import dev.tally.bench.load.Target;
import dev.tally.bench.system.Queues;
import dev.tally.testkit.Servers;
import dev.tally.testkit.Service;
import dev.tally.testkit.Services;
import java.util.List;

/** The servers, services and amounts that a section uses. */
public record Setting(Servers servers, Services services, Scale scale) {

  /** Prepares a service for measurements under load, see {@link Contender}. */
  public Contender contender(Service service, List<byte[]> requests) {
    return new Contender(
        Target.http(service.port(), requests), service::cpu, scale, Contender.NOTHING);
  }

  /** The same for writes while no worker runs: after each measurement, the queues are cleared. */
  public Contender writes(Service gateway, List<byte[]> requests) {
    return new Contender(
        Target.http(gateway.port(), requests), gateway::cpu, scale, this::clearQueues);
  }

  /** Deletes all queued jobs. */
  public void clearQueues() {
    Queues.clear(servers.redis().commands());
  }
}
