package dev.tally.bench.system;

import dev.tally.bench.load.LoadGenerator;
import dev.tally.bench.load.Target;
import java.time.Duration;
import java.util.TreeMap;
import java.util.function.Supplier;

/** A server under closed load, with the number of connections that gets the most answers. */
public final class Contender {

  private static final int WARM_UP_CONNECTIONS = 32;

  private final Target target;
  private final Supplier<Duration> cpu;
  private final Scale scale;
  private final Runnable afterwards;
  private final int connections;

  private double perCpuSecond;

  /**
   * Warms the server up, and finds its best number of connections.
   *
   * @param cpu gives the processor time that the server has used so far
   * @param afterwards runs after the warm-up and after each measurement
   */
  public Contender(Target target, Supplier<Duration> cpu, Scale scale, Runnable afterwards) {
    this.target = target;
    this.cpu = cpu;
    this.scale = scale;
    this.afterwards = afterwards;
    warmUp(target, scale);
    TreeMap<Double, Integer> byRate = new TreeMap<>();
    for (int candidate : scale.connections()) {
      byRate.put(LoadGenerator.closed(target, candidate, scale.round()).rate(), candidate);
    }
    this.connections = byRate.lastEntry().getValue();
    afterwards.run();
  }

  /** Loads a server until it gets no faster. A JVM with few processors compiles for a long time. */
  public static void warmUp(Target target, Scale scale) {
    Duration shortest = scale.round().multipliedBy(2);
    double highest = LoadGenerator.closed(target, WARM_UP_CONNECTIONS, shortest).rate();
    int same = 0;
    for (int i = 0; i < scale.warmUps() && same < 2; i++) {
      double rate = LoadGenerator.closed(target, WARM_UP_CONNECTIONS, scale.round()).rate();
      same = rate > 1.05 * highest ? 0 : same + 1;
      highest = Math.max(highest, rate);
    }
  }

  /** Loads the server for a round, and returns its answers per second. */
  public double measure() {
    Duration before = cpu.get();
    LoadGenerator.Result result = LoadGenerator.closed(target, connections, scale.round());
    perCpuSecond = result.answers() * 1e9 / Math.max(1, cpu.get().minus(before).toNanos());
    afterwards.run();
    return result.rate();
  }

  /** The answers per second of the server's processor time, in the latest round. */
  public double perCpuSecond() {
    return perCpuSecond;
  }

  public int connections() {
    return connections;
  }
}
