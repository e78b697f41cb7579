package dev.tally.bench.system;

import dev.tally.bench.load.Target;
import dev.tally.bench.report.Table;
import dev.tally.testkit.Servers;
import dev.tally.testkit.Service;
import dev.tally.testkit.Services;
import java.util.List;

/** The servers, services and amounts that a section uses, and the table that gets its rows. */
public record Run(Servers servers, Services services, Scale scale, Table table) {

  /** The queues that the services share. */
  public Queues queues() {
    return new Queues(servers);
  }

  /** Prepares a service for measurements under load, see {@link Contender}. */
  public Contender contender(Service service, List<byte[]> requests) {
    return new Contender(new Target(service.port(), requests), service::cpu, scale, () -> {});
  }

  /** The same for writes while no worker runs: after each measurement, the queues are cleared. */
  public Contender writes(Service gateway, List<byte[]> requests) {
    return new Contender(
        new Target(gateway.port(), requests), gateway::cpu, scale, queues()::clear);
  }
}
