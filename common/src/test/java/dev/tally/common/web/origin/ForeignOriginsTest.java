package dev.tally.common.web.origin;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ForeignOriginsTest {

  private final ForeignOrigins foreign =
      new ForeignOrigins(Set.of("https://chat.example.com", "http://localhost:3000"));

  @ParameterizedTest
  @CsvSource({
    // No browser.
    ", , api:3000",
    ", , ",
    // A browser without an origin: its own address bar, or a page of the same site.
    ", none, localhost:8000",
    ", same-origin, localhost:8000",
    ", same-site, localhost:8000",
    // Listed, on whatever site the browser sees it.
    "https://chat.example.com, cross-site, localhost:8000",
    "http://localhost:3000, same-site, localhost:8000",
    // The service's own pages, also behind a proxy with TLS.
    "http://localhost:8000, same-origin, localhost:8000",
    "https://tally.example.com, same-origin, tally.example.com",
    "https://tally.example.com:8443, same-origin, TALLY.example.com:8443",
    "http://[::1]:3000, same-origin, [::1]:3000"
  })
  void isNotForeign(String origin, String site, String host) {
    assertThat(foreign.include(origin, site, host)).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    ", cross-site, localhost:8000",
    "https://evil.example, cross-site, localhost:8000",
    "https://evil.example, , localhost:8000",
    "https://evil.example, same-origin, localhost:8000",
    "null, cross-site, localhost:8000",
    "null, same-origin, localhost:8000",
    "'', none, localhost:8000",
    "http://localhost, same-site, localhost:8000",
    "http://localhost:8001, same-site, localhost:8000",
    "http://chat.example.com, cross-site, localhost:8000",
    "https://chat.example.com:444, cross-site, localhost:8000",
    "https://chat.example.com.evil.example, cross-site, localhost:8000",
    "https://evil.example, cross-site, ",
    "localhost:8000, cross-site, localhost:8000"
  })
  void isForeign(String origin, String site, String host) {
    assertThat(foreign.include(origin, site, host)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"POST", "PUT", "PATCH", "DELETE", "PROPFIND", "post"})
  void isAWrite(String method) {
    assertThat(foreign.isWrite(method)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"GET", "HEAD", "OPTIONS", "TRACE"})
  void isNoWrite(String method) {
    assertThat(foreign.isWrite(method)).isFalse();
  }
}
