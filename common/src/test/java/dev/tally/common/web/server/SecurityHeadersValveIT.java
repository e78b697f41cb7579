package dev.tally.common.web.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.util.unit.DataSize;

class SecurityHeadersValveIT {

  private static EmbeddedTomcat tomcat;

  @BeforeAll
  static void start() {
    tomcat =
        EmbeddedTomcat.start(
            new ServerConfiguration()
                .boundedServer(
                    new ConnectionProperties(Duration.ofSeconds(30), DataSize.ofKilobytes(16), "")),
            (request, response) -> {
              if (request.getRequestURI().equals("/page")) {
                response.setHeader("Content-Security-Policy", "default-src 'self'");
              }
              response.getWriter().print("answer");
            });
  }

  @AfterAll
  static void stop() {
    tomcat.close();
  }

  @Test
  void everyAnswerHasTheHeaders() throws Exception {
    assertThat(get("/data"))
        .startsWith("HTTP/1.1 200")
        .contains("X-Content-Type-Options: nosniff\r\n")
        .contains("Cache-Control: no-store\r\n")
        .contains("Referrer-Policy: no-referrer\r\n")
        .contains("Content-Security-Policy: default-src 'none'; frame-ancestors 'none'\r\n")
        .endsWith("answer");
  }

  @Test
  void withoutTlsThereIsNoStrictTransportSecurity() throws Exception {
    assertThat(get("/data")).doesNotContain("Strict-Transport-Security");
  }

  @Test
  void aControllerMaySetAnotherPolicy() throws Exception {
    assertThat(get("/page"))
        .contains("Content-Security-Policy: default-src 'self'\r\n")
        .doesNotContain("default-src 'none'");
  }

  @Test
  void anAnswerThatNoServletGivesHasTheHeadersToo() throws Exception {
    assertThat(tomcat.exchange("GET /< HTTP/1.1\r\nHost: x\r\n\r\n"))
        .startsWith("HTTP/1.1 400")
        .contains("X-Content-Type-Options: nosniff\r\n");
  }

  private static String get(String path) throws Exception {
    return tomcat.exchange("GET " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  }
}
