package dev.tally.bench.compare;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** Measures what units of work cost: microseconds of time, and of each process' processor time. */
final class Costs {

  private final Supplier<Map<String, Duration>> used;
  private final Map<String, Double> micros = new LinkedHashMap<>();

  /**
   * @param used gives the processor time that each process has used so far
   */
  Costs(Supplier<Map<String, Duration>> used) {
    this.used = used;
  }

  /**
   * Measures some work.
   *
   * @param name the name of the figures
   * @param units the number of messages or requests in the work
   * @param shown the processes with a figure of their own; the last figure is of all processes
   * @param work counts for the time, and for processor time
   * @param rest runs after the work, and counts for processor time only
   */
  void measure(String name, int units, List<String> shown, Runnable work, Runnable rest) {
    Map<String, Duration> before = used.get();
    long begin = System.nanoTime();
    work.run();
    micros.put(name + ", time", (System.nanoTime() - begin) / 1e3 / units);
    rest.run();
    double all = 0;
    for (Map.Entry<String, Duration> process : used.get().entrySet()) {
      Duration earlier = before.getOrDefault(process.getKey(), Duration.ZERO);
      double cost = process.getValue().minus(earlier).toNanos() / 1e3 / units;
      all += cost;
      if (shown.contains(process.getKey())) {
        micros.put("%s, processor time of %s".formatted(name, process.getKey()), cost);
      }
    }
    micros.put(name + ", processor time of all", all);
  }

  /** The measured figures by name, in microseconds a unit. */
  Map<String, Double> micros() {
    return micros;
  }
}
