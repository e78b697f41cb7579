package dev.tally.gateway.accept;

import dev.tally.common.accept.JobQueue;
import dev.tally.common.log.LoggedFault;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * Looks every few seconds whether Redis has become another run and has lost what this gateway
 * remembers. So a loss is named although nobody writes, and before this gateway is stopped and
 * forgets.
 */
@Component
final class RunWatch {

  private static final Logger log = LoggerFactory.getLogger(RunWatch.class);

  private final JobQueue queue;

  RunWatch(JobQueue queue) {
    this.queue = queue;
  }

  @Scheduled(fixedDelayString = "5s")
  void look() {
    try {
      queue.checkNewRuns();
    } catch (DataAccessException e) {
      // Whoever writes is told.
      log.debug("the run of Redis could not be checked: {}", LoggedFault.line(e));
    }
  }
}
