package dev.tally.system.faults;

import dev.tally.system.faults.check.Losses;
import dev.tally.system.faults.check.SetBack;
import dev.tally.system.faults.servers.Marks;
import dev.tally.system.faults.workload.Parent;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Records how servers went back in time, and so what may be lost. Not thread-safe. */
final class SetBacks {

  /** Reads may show less than before for this long: then void rows stand where rows were lost. */
  private static final Duration SETTLING = Duration.ofSeconds(90);

  private final List<SetBack> setBacks = new ArrayList<>();

  /** What may be lost by the faults so far. */
  Losses losses() {
    return new Losses(setBacks);
  }

  /**
   * Redis alone went back, and what MySQL has is not lost. The parameters are {@link SetBack}'s.
   */
  void addRedis(
      boolean isSeen, long begun, long gone, Marks.Rows persisted, Map<Parent, Long> kept) {
    add(true, false, isSeen, begun, gone, persisted, higher(kept, persisted.highest()), Map.of());
  }

  /** The parameters are those of {@link SetBack}. */
  void add(
      boolean redis,
      boolean mySql,
      boolean isSeen,
      long begun,
      long gone,
      Marks.Rows rows,
      Map<Parent, Long> kept,
      Map<Parent, Long> reach) {
    setBacks.add(
        new SetBack(
            redis,
            mySql,
            isSeen,
            begun,
            Instant.now().minusNanos(System.nanoTime() - gone),
            gone,
            System.nanoTime() + SETTLING.toNanos(),
            rows.apps(),
            kept,
            rows.highest(),
            reach));
  }

  static Map<Parent, Long> higher(Map<Parent, Long> one, Map<Parent, Long> other) {
    Map<Parent, Long> higher = new HashMap<>(one);
    other.forEach((parent, number) -> higher.merge(parent, number, Math::max));
    return higher;
  }
}
