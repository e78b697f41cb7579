package dev.tally.worker.drain;

import java.time.Duration;
import java.util.List;
import org.springframework.util.unit.DataSize;

/** The bounds of a batch, and a model of a claim within them. */
record BatchLimit(int jobs, int bytes) {

  DrainProperties properties() {
    return new DrainProperties(
        jobs, DataSize.ofBytes(bytes), Duration.ofMillis(50), Duration.ofSeconds(30));
  }

  /** Claims a batch, unless one is claimed and not acknowledged. */
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
