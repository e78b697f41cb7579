package dev.tally.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tally.stack.ServerKind;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LocalOptionsTest {

  @ParameterizedTest
  @ValueSource(
      strings = {"TALLY_REDIS_URL", "TALLY_REDIS_CLUSTER_NODES", "TALLY_REDIS_SENTINEL_NODES"})
  void aRedisThatIsGivenIsNotStarted(String variable) {
    assertThat(options(Map.of(variable, "127.0.0.1:1")).serverPorts())
        .containsOnlyKeys(ServerKind.MARIADB, ServerKind.ELASTICSEARCH);
  }

  @Test
  void emptyVariablesGiveNothing() {
    assertThat(
            options(Map.of("TALLY_REDIS_URL", "", "TALLY_REDIS_SENTINEL_NODES", " ")).serverPorts())
        .containsOnlyKeys(ServerKind.values());
  }

  private static LocalOptions options(Map<String, String> environment) {
    return LocalOptions.of(environment, Path.of(""));
  }
}
