package dev.tally.common.web.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tally.common.startup.InvalidSettingException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.util.unit.DataSize;

class TrustedProxiesIT {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "127.0.0.1",
        "127.0.0.0/8",
        "10.0.0.1,127.0.0.1",
        " 10.0.0.0/8 , 127.0.0.1 ",
        "::1,127.0.0.1",
        "fd00::/8,127.0.0.1"
      })
  void aTrustedProxyNamesItsClient(String networks) throws Exception {
    assertThat(seen(networks)).endsWith("client=192.0.2.7 secure=true");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "10.0.0.0/8", "127.0.0.0", "127.0.0.2", "128.0.0.0/8", "::1"})
  void anyOtherClientIsWhereItConnectsFrom(String networks) throws Exception {
    assertThat(seen(networks)).endsWith("client=127.0.0.1 secure=false");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "10.0.0.0/99",
        "10.0.0.0/x",
        "a/8",
        "127.0.0.1,10.0.0.0/99",
        "localhost",
        "localhost/32",
        "127.0.0.1,localhost",
        "/8",
        ",10.0.0.0/8",
        "10.0.0.0/8,"
      })
  void anythingButAddressesAndNetworksIsRefusedAndNeverQuoted(String networks) {
    assertThatThrownBy(() -> TrustedProxies.valve(networks))
        .isInstanceOf(InvalidSettingException.class)
        .hasMessage(
            "TALLY_TRUSTED_PROXIES must be addresses or networks (10.0.0.0/8), separated by commas")
        .hasNoCause();
  }

  @Test
  void securityHeadersFollowTheClientsScheme() throws Exception {
    assertThat(seen("127.0.0.1")).contains("Strict-Transport-Security: max-age=31536000");
    assertThat(seen("")).doesNotContain("Strict-Transport-Security");
  }

  /** What a servlet sees of a request that claims another client. */
  private static String seen(String networks) throws Exception {
    try (EmbeddedTomcat tomcat =
        EmbeddedTomcat.start(
            new ServerConfiguration()
                .boundedServer(
                    new ConnectionProperties(
                        Duration.ofSeconds(30), DataSize.ofKilobytes(16), networks)),
            (request, response) ->
                response
                    .getWriter()
                    .print(
                        "client=" + request.getRemoteAddr() + " secure=" + request.isSecure()))) {
      return tomcat.exchange(
          """
          GET / HTTP/1.1
          Host: x
          X-Forwarded-For: 192.0.2.7
          X-Forwarded-Proto: https
          Connection: close

          """
              .replace("\n", "\r\n"));
    }
  }
}
