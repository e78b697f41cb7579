package dev.tally.common.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;

/**
 * A counter with a tag for an enum's values. All values exist from the start, at 0: an alert on an
 * increase would miss the first event of a counter that begins at 1.
 */
public final class EnumCounter<E extends Enum<E>> {

  private final Map<E, Counter> counters;

  /**
   * Registers a counter for each value.
   *
   * @param name the metric's name
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

  /** Adds one to the counter of this value. */
  public void increment(E value) {
    add(value, 1);
  }

  /** Adds to the counter of this value. */
  public void add(E value, long amount) {
    Objects.requireNonNull(counters.get(value)).increment((double) amount);
  }
}
