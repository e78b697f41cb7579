package dev.tally.common.queue;

import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.TransientDataAccessException;

/**
 * A queued job is of a version that this code does not know: a newer Tally has queued it. It may be
 * any write, so what must know all jobs cannot go on before this service is upgraded. The message
 * quotes nothing of the job.
 */
public final class NewerJobException extends TransientDataAccessException {

  private static final long serialVersionUID = 1;

  private final transient @Nullable Instant acceptedAt;

  NewerJobException(long version, int known, @Nullable Instant acceptedAt) {
    super(
        "a job has version %d, and this Tally knows jobs up to version %d: upgrade it"
            .formatted(version, known));
    this.acceptedAt = acceptedAt;
  }

  /** When the job was accepted; null if it does not say so in a way that this code knows. */
  @Nullable Instant acceptedAt() {
    return acceptedAt;
  }
}
