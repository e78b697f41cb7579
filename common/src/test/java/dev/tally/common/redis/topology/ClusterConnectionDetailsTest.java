package dev.tally.common.redis.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.data.redis.autoconfigure.DataRedisConnectionDetails.Node;

class ClusterConnectionDetailsTest {

  @Test
  void nodesMayHaveSpacesAroundThem() {
    assertThat(ClusterConnectionDetails.of("a:1, b.example:65535 ,10.0.0.1:3", "redis://x").nodes())
        .containsExactly(new Node("a", 1), new Node("b.example", 65535), new Node("10.0.0.1", 3));
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "a:", ":1", "a:x", "a:1,,b:2", "a b:1", "a:1;b:2"})
  void aMalformedNodeIsRefusedWithTheVariablesName(String nodes) {
    assertThatThrownBy(() -> ClusterConnectionDetails.of(nodes, "redis://x"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("TALLY_REDIS_CLUSTER_NODES");
  }

  @ParameterizedTest
  @CsvSource({
    "redis://x, ,",
    "redis://user:pass@x, user, pass",
    "redis://user:p:a%40ss@x, user, p:a@ss",
    "redis://:pass@x, , pass",
    "redis://pass@x, , pass"
  })
  void credentialsAreReadAsForOneServer(String url, String user, String password) {
    ClusterConnectionDetails details = ClusterConnectionDetails.of("a:1", url);

    assertThat(details.getUsername()).isEqualTo(user);
    assertThat(details.getPassword()).isEqualTo(password);
  }

  @Test
  void theSchemeSaysWhetherToUseTls() {
    assertThat(ClusterConnectionDetails.of("a:1", "redis://x").getSslBundle()).isNull();
    assertThat(ClusterConnectionDetails.of("a:1", "rediss://x").getSslBundle()).isNotNull();
  }

  @Test
  void aMalformedUrlIsRefusedWithoutItsPassword() {
    assertThatThrownBy(() -> ClusterConnectionDetails.of("a:1", "redis://:pass word@host"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("TALLY_REDIS_URL is not a URL")
        .hasNoCause();
  }
}
