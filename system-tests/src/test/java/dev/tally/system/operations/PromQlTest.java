package dev.tally.system.operations;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tally.system.operations.PromQl.Condition;
import dev.tally.system.operations.PromQl.Selector;
import java.util.List;
import org.junit.jupiter.api.Test;

class PromQlTest {

  @Test
  void findsMetricsConditionsAndGrouping() {
    PromQl read =
        PromQl.read(
            """
            sum by (application, le) (rate(requests_count{uri=~"/apps.*",status="500"}[5m]))
              / sum by (application) (rate(requests_sum[$__rate_interval] offset 1h)) > 0.01
              or absent(up{job!="x"})""");

    assertThat(read.grouping()).containsExactlyInAnyOrder("application", "le");
    assertThat(read.selectors())
        .containsExactly(
            new Selector(
                "requests_count",
                List.of(
                    new Condition("uri", "=~", "/apps.*"), new Condition("status", "=", "500"))),
            new Selector("requests_sum", List.of()),
            new Selector("up", List.of(new Condition("job", "!=", "x"))));
  }

  @Test
  void readsTheQueryOfADashboardVariable() {
    PromQl read = PromQl.read("label_values(up_seconds{application=~\"$application\"}, instance)");

    assertThat(read.grouping()).containsExactly("instance");
    assertThat(read.selectors())
        .containsExactly(
            new Selector(
                "up_seconds", List.of(new Condition("application", "=~", "$application"))));
  }
}
