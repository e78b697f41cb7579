package dev.tally.common.redis.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.data.redis.autoconfigure.DataRedisConnectionDetails.Node;
import org.springframework.boot.data.redis.autoconfigure.DataRedisConnectionDetails.Sentinel;

class SentinelConnectionDetailsTest {

  @Test
  void theSentinelsHaveAPasswordOfTheirOwn() {
    SentinelConnectionDetails details =
        SentinelConnectionDetails.of("a:1, b:2", "group", "watch", "redis://user:pass@x/3");

    Sentinel sentinel = details.getSentinel();
    assertThat(sentinel.getNodes()).containsExactly(new Node("a", 1), new Node("b", 2));
    assertThat(sentinel.getMaster()).isEqualTo("group");
    assertThat(sentinel.getPassword()).isEqualTo("watch");
    assertThat(sentinel.getDatabase()).isEqualTo(3);
    assertThat(details.getUsername()).isEqualTo("user");
    assertThat(details.getPassword()).isEqualTo("pass");
    assertThat(details.toString()).doesNotContain("watch", "pass");
  }

  @Test
  void anEmptyPasswordIsNone() {
    assertThat(SentinelConnectionDetails.of("a:1", "group", "", "redis://x").password()).isNull();
  }

  @ParameterizedTest
  @CsvSource({"redis://x, 0", "redis://x/, 0", "rediss://user:pass@x:1/12, 12"})
  void theUrlHasTheDatabase(String url, int database) {
    assertThat(SentinelConnectionDetails.of("a:1", "group", "", url).database())
        .isEqualTo(database);
  }

  @ParameterizedTest
  @CsvSource({
    "a, group, redis://x, TALLY_REDIS_SENTINEL_NODES must be host:port",
    "a:1, ' ', redis://x, TALLY_REDIS_SENTINEL_MASTER must be the name",
    "a:1, group, redis://x/chats, the path of TALLY_REDIS_URL must be the number of a database"
  })
  void whatIsMalformedIsNamed(String nodes, String master, String url, String message) {
    assertThatThrownBy(() -> SentinelConnectionDetails.of(nodes, master, "", url))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }
}
