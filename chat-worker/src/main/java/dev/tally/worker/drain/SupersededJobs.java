package dev.tally.worker.drain;

import dev.tally.common.identity.AppToken;
import dev.tally.common.queue.WaitingJobs;
import dev.tally.worker.drain.batch.Delivery;
import dev.tally.worker.drain.batch.Persister;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.springframework.stereotype.Component;

/**
 * Finds the jobs that only a worker still has. Redis lost them while the worker persisted their
 * batch, and their transaction has rolled back because a new epoch had begun, or the lease was gone
 * with them: their numbers may belong to other writes by now.
 */
@Component
final class SupersededJobs {

  private final WaitingJobs waiting;
  private final Persister persister;

  SupersededJobs(WaitingJobs waiting, Persister persister) {
    this.waiting = waiting;
    this.persister = persister;
  }

  /**
   * The jobs that are neither in Redis nor persisted.
   *
   * @throws org.springframework.dao.DataAccessException if Redis or MySQL does not answer
   */
  List<Delivery> of(List<Delivery> batch) {
    Set<AppToken> apps =
        batch.stream().map(delivery -> delivery.job().app()).collect(Collectors.toSet());
    Set<String> inRedis = new HashSet<>();
    apps.forEach(app -> waiting.forEachTextInRedis(app, inRedis::add));
    List<Delivery> missing =
        batch.stream()
            .filter(
                delivery -> !inRedis.contains(new String(delivery.raw(), StandardCharsets.UTF_8)))
            .toList();
    List<Delivery> unpersisted = new ArrayList<>();
    for (int done = 0; done < missing.size(); ) {
      List<Delivery> rest = missing.subList(done, missing.size());
      List<Delivery> part = Delivery.first(rest, rest.size());
      unpersisted.addAll(persister.unpersisted(part));
      done += part.size();
    }
    return unpersisted;
  }
}
