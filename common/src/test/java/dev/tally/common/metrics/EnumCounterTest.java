package dev.tally.common.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.Locale;
import org.junit.jupiter.api.Test;

class EnumCounterTest {

  private enum Fruit {
    APPLE,
    PEAR
  }

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final EnumCounter<Fruit> counter =
      new EnumCounter<>(
          meters,
          "tally.fruit",
          "Fruit that was picked",
          "kind",
          Fruit.class,
          fruit -> fruit.name().toLowerCase(Locale.ROOT));

  @Test
  void everyValueExistsAtZero() {
    assertThat(meters.get("tally.fruit").counters())
        .hasSize(2)
        .allSatisfy(one -> assertThat(one.count()).isZero())
        .allSatisfy(
            one -> assertThat(one.getId().getDescription()).isEqualTo("Fruit that was picked"));
  }

  @Test
  void eachValueIsCountedAlone() {
    counter.increment(Fruit.PEAR);
    counter.increment(Fruit.PEAR);

    assertThat(of("pear").count()).isEqualTo(2);
    assertThat(of("apple").count()).isZero();
  }

  private Counter of(String kind) {
    return meters.get("tally.fruit").tag("kind", kind).counter();
  }
}
