package dev.tally.api.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KnownHostsTest {

  private final KnownHosts hosts = new KnownHosts(Set.of("chat-api", " Chat.example.com "));

  @ParameterizedTest
  @ValueSource(
      strings = {
        "localhost",
        "LOCALHOST",
        "127.0.0.1",
        "10.1.2.3",
        "[::1]",
        "[2001:db8::7]",
        "chat-api",
        "chat.example.COM"
      })
  void areKnown(String host) {
    assertThat(hosts.include(host)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "evil.example",
        "localhost.evil.example",
        "127.0.0.1.evil.example",
        "chat.example.com.evil.example",
        "example.com",
        "[localhost]",
        "::1.evil.example",
        ""
      })
  void areUnknown(String host) {
    assertThat(hosts.include(host)).isFalse();
  }
}
