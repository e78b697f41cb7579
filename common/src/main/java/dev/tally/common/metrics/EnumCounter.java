package dev.tally.common.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;

/**
 * A counter with a tag of known values. All of them exist from the start, at 0: an alert on an
 * increase does not see the first event of a counter that begins with it.
 */
public final class EnumCounter<E extends Enum<E>> {

  private final Map<E, Counter> counters;

  /**
   * Registers a counter for each value.
   *
   * @param name the metric's
   * @param tag the tag's key
   * @param text the tag's value
   */
  public EnumCounter(
      MeterRegistry meters,
      String name,
      String description,
      String tag,
      Class<E> values,
      Function<E, String> text) {
    counters = new EnumMap<>(values);
    for (E value : values.getEnumConstants()) {
      counters.put(
          value,
          Counter.builder(name)
              .description(description)
              .tag(tag, text.apply(value))
              .register(meters));
    }
  }

  /** Counts one. */
  public void increment(E value) {
    Objects.requireNonNull(counters.get(value)).increment();
  }
}
