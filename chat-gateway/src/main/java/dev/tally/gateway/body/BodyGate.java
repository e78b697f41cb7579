package dev.tally.gateway.body;

import dev.tally.common.accept.JobQueue;
import dev.tally.common.identity.AppToken;
import dev.tally.common.web.request.BodyMemory;
import dev.tally.common.web.request.RequestBody;
import dev.tally.gateway.ratelimit.AppRateLimit;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.springframework.stereotype.Component;

/**
 * Lets bodies in that have to be waited for: large ones, and those that are still arriving. A
 * stranger's is not read, and each app has a share of the memory for them. A small body that is
 * here costs nothing, and keeps the one round trip of its write.
 */
@Component
public final class BodyGate {

  private final JobQueue queue;
  private final AppRateLimit rateLimit;
  private final BodyMemory memory;

  BodyGate(JobQueue queue, AppRateLimit rateLimit, BodyMemory memory) {
    this.queue = queue;
    this.rateLimit = rateLimit;
    this.memory = memory;
  }

  /** A body that was let in. */
  public final class Entry implements AutoCloseable {

    private final AppToken app;
    private final BodyMemory.Held held;
    private final boolean isFirstTaken;

    private Entry(AppToken app, BodyMemory.Held held, boolean isFirstTaken) {
      this.app = app;
      this.held = held;
      this.isFirstTaken = isFirstTaken;
    }

    /**
     * Counts the writes of the body against the app's rate limit.
     *
     * @throws dev.tally.common.web.problem.ProblemException 429 if the app has to wait
     */
    public void count(int writes, HttpServletResponse response) {
      if (isFirstTaken) {
        rateLimit.takeAll(app, writes, response);
      } else {
        rateLimit.take(app, writes, response);
      }
    }

    /** Gives the memory back. */
    @Override
    public void close() {
      held.close();
    }
  }

  /**
   * Lets a request's body in, before it is read.
   *
   * @param longest the longest body that the route reads, in bytes
   * @throws dev.tally.common.web.problem.ProblemException 404 if there is no such app, 429 if it
   *     sends too much, 503 if there is no memory
   * @throws org.springframework.dao.DataAccessException if nobody knows whether the app exists
   */
  public Entry admit(
      AppToken app, HttpServletRequest request, int longest, HttpServletResponse response) {
    if (RequestBody.isHere(request)) {
      return new Entry(app, BodyMemory.Held.NOTHING, /* isFirstTaken= */ false);
    }
    queue.requireApp(app);
    rateLimit.takeFirst(app, response);
    return new Entry(app, memory.hold(app.value(), request, longest), /* isFirstTaken= */ true);
  }
}
