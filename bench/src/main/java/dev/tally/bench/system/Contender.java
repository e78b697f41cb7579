package dev.tally.bench.system;

import dev.tally.bench.load.LoadGenerator;
import dev.tally.bench.load.Target;
import java.time.Duration;
import java.util.function.Supplier;

/** A server under closed load. */
public final class Contender {

  /** The number of connections of every closed load. */
  public static final int CONNECTIONS = 32;

  private final Target target;
  private final Supplier<Duration> cpu;
  private final Scale scale;
  private final Runnable afterwards;

  private double perCpuSecond;

  /**
   * Warms the server up.
   *
   * @param cpu gives the processor time that the server has used so far
   * @param afterwards runs after the warm-up and after each measurement
   */
  public Contender(Target target, Supplier<Duration> cpu, Scale scale, Runnable afterwards) {
    this.target = target;
    this.cpu = cpu;
    this.scale = scale;
    this.afterwards = afterwards;
    warmUp();
    afterwards.run();
  }

  /** Loads the server until it gets no faster. A JVM with few processors compiles for long. */
  private void warmUp() {
    Duration shortest = scale.round().multipliedBy(2);
    double highest = LoadGenerator.closed(target, CONNECTIONS, shortest).rate();
    int same = 0;
    for (int i = 0; i < scale.warmUps() && same < 2; i++) {
      double rate = LoadGenerator.closed(target, CONNECTIONS, scale.round()).rate();
      same = rate > 1.05 * highest ? 0 : same + 1;
      highest = Math.max(highest, rate);
    }
  }

  /** Loads the server for a round, and returns its answers per second. */
  public double measure() {
    Duration before = cpu.get();
    LoadGenerator.Result result = LoadGenerator.closed(target, CONNECTIONS, scale.round());
    perCpuSecond = result.answers() * 1e9 / Math.max(1, cpu.get().minus(before).toNanos());
    afterwards.run();
    return result.rate();
  }

  /** The answers per second of the server's processor time, in the latest round. */
  public double perCpuSecond() {
    return perCpuSecond;
  }
}
