package dev.tally.common.web.cors;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tally.common.web.origin.OriginProperties;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.mock.web.MockFilterChain;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;

class CorsFilterTest {

  private static final String CONSOLE = "http://localhost:3000";
  private static final String PROXY = "https://tally.example.com";

  private static final CorsRules RULES =
      new CorsRules(
          List.of("POST", "PATCH"),
          List.of("Content-Type", "Idempotency-Key"),
          List.of("Retry-After", "RateLimit"));

  private final CorsFilter filter = new CorsFilter(Set.of(CONSOLE, PROXY), RULES);
  private final MockHttpServletResponse response = new MockHttpServletResponse();
  private final MockFilterChain chain = new MockFilterChain();

  @ParameterizedTest
  @ValueSource(strings = {CONSOLE, PROXY})
  void aPageOfAnAllowedOriginMaySeeTheAnswer(String origin) throws Exception {
    filter.doFilter(from(origin, "POST"), response, chain);

    assertThat(chain.getRequest()).as("the request goes on").isNotNull();
    assertThat(chain.getResponse()).isSameAs(response);
    assertThat(response.getHeader("Access-Control-Allow-Origin")).isEqualTo(origin);
    assertThat(response.getHeader("Vary")).isEqualTo("Origin");
    assertThat(response.getHeader("Access-Control-Expose-Headers"))
        .isEqualTo("Retry-After, RateLimit");
    assertThat(response.getHeaderNames())
        .containsExactlyInAnyOrder(
            "Access-Control-Allow-Origin", "Vary", "Access-Control-Expose-Headers");
    assertThat(response.getStatus()).isEqualTo(200);
  }

  @Test
  void aPreflightFromAnAllowedOriginIsAnsweredHere() throws Exception {
    filter.doFilter(preflight(CONSOLE), response, chain);

    assertThat(chain.getRequest()).as("no controller sees a preflight").isNull();
    assertThat(response.getStatus()).isEqualTo(204);
    assertThat(response.getHeader("Access-Control-Allow-Origin")).isEqualTo(CONSOLE);
    assertThat(response.getHeader("Vary")).isEqualTo("Origin");
    assertThat(response.getHeader("Access-Control-Allow-Methods")).isEqualTo("POST, PATCH");
    assertThat(response.getHeader("Access-Control-Allow-Headers"))
        .isEqualTo("Content-Type, Idempotency-Key");
    assertThat(response.getHeader("Access-Control-Max-Age")).isEqualTo("600");
    assertThat(response.getHeader("Access-Control-Expose-Headers")).isNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"http://localhost:3001", "https://localhost:3000", "http://evil.example", "null"})
  void aRequestFromAnotherOriginGoesOnWithoutHeaders(String origin) throws Exception {
    filter.doFilter(from(origin, "POST"), response, chain);

    assertThat(chain.getRequest()).isNotNull();
    assertThat(chain.getResponse()).isSameAs(response);
    assertThat(response.getHeaderNames()).isEmpty();
  }

  @Test
  void aPreflightFromAnotherOriginGoesOnWithoutHeaders() throws Exception {
    filter.doFilter(preflight("http://evil.example"), response, chain);

    assertThat(chain.getRequest()).isNotNull();
    assertThat(response.getHeaderNames()).isEmpty();
  }

  @Test
  void aRequestWithoutAnOriginGoesOnWithoutHeaders() throws Exception {
    filter.doFilter(new MockHttpServletRequest("POST", "/apps/x/chats"), response, chain);

    assertThat(chain.getRequest()).isNotNull();
    assertThat(chain.getResponse()).isSameAs(response);
    assertThat(response.getHeaderNames()).isEmpty();
  }

  @Test
  void theListOfAllAppsIsForNoPage() throws Exception {
    MockHttpServletRequest request = new MockHttpServletRequest("GET", "/apps");
    request.addHeader("Origin", CONSOLE);

    filter.doFilter(request, response, chain);

    assertThat(chain.getRequest()).isNotNull();
    assertThat(response.getHeaderNames()).isEmpty();
  }

  @Test
  void laterChangesOfTheGivenSetChangeNothing() throws Exception {
    Set<String> given = new HashSet<>(Set.of(CONSOLE));
    CorsFilter own = new CorsFilter(given, RULES);
    given.clear();

    own.doFilter(from(CONSOLE, "POST"), response, chain);

    assertThat(response.getHeader("Access-Control-Allow-Origin")).isEqualTo(CONSOLE);
  }

  @Test
  void theFilterCoversTheRoutesOfTheContract() throws Exception {
    FilterRegistrationBean<CorsFilter> registration =
        CorsFilter.registration(new OriginProperties(Set.of(CONSOLE)), RULES);

    assertThat(registration.isEnabled()).isTrue();
    assertThat(registration.getUrlPatterns()).containsExactly("/apps/*");
    requireNonNull(registration.getFilter()).doFilter(from(CONSOLE, "POST"), response, chain);
    assertThat(response.getHeader("Access-Control-Allow-Origin")).isEqualTo(CONSOLE);
  }

  @Test
  void withoutOriginsThereIsNoFilter() {
    assertThat(CorsFilter.registration(new OriginProperties(Set.of()), RULES).isEnabled())
        .isFalse();
  }

  private static MockHttpServletRequest from(String origin, String method) {
    MockHttpServletRequest request = new MockHttpServletRequest(method, "/apps/x/chats");
    request.addHeader("Origin", origin);
    return request;
  }

  private static MockHttpServletRequest preflight(String origin) {
    MockHttpServletRequest request = from(origin, "OPTIONS");
    request.addHeader("Access-Control-Request-Method", "POST");
    return request;
  }
}
