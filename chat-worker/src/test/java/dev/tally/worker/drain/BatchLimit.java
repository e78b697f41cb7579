package dev.tally.worker.drain;

import java.time.Duration;
import java.util.List;
import org.springframework.util.unit.DataSize;

/** A batch's bounds, and what a claim within them does, without Redis. */
record BatchLimit(int jobs, int bytes) {

  DrainProperties properties() {
    return new DrainProperties(
        jobs, DataSize.ofBytes(bytes), Duration.ofMillis(50), Duration.ofSeconds(30));
  }

  /** Moves a batch, unless one has been claimed and not acknowledged. */
  void claim(List<String> queued, List<String> claimed) {
    if (!claimed.isEmpty()) {
      return;
    }
    int length = 0;
    while (!queued.isEmpty() && claimed.size() < jobs) {
      length += queued.getFirst().length();
      if (!claimed.isEmpty() && length > bytes) {
        return;
      }
      claimed.add(queued.removeFirst());
    }
  }
}
