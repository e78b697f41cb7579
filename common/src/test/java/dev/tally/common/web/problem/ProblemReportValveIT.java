package dev.tally.common.web.problem;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tally.common.web.server.EmbeddedTomcat;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Both valves of {@link ProblemConfiguration}, in a Tomcat. */
class ProblemReportValveIT {

  private static final AtomicInteger served = new AtomicInteger();
  private static EmbeddedTomcat tomcat;

  @BeforeAll
  static void start() {
    tomcat =
        EmbeddedTomcat.start(
            new ProblemConfiguration().problemValves(),
            (request, response) -> {
              served.incrementAndGet();
              switch (request.getRequestURI()) {
                case "/teapot" -> response.sendError(418);
                case "/throws" -> throw new IllegalStateException("a secret");
                case "/own" -> {
                  response.setStatus(404);
                  response.getWriter().print("own answer");
                }
                default -> response.getWriter().print("served " + request.getRequestURI());
              }
            });
  }

  @AfterAll
  static void stop() {
    tomcat.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET /< HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /%zz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
        "GET / HTTP/1.1\r\n\r\n",
        "GET / HTTP/9.9\r\nHost: x\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: x\r\n\r\n"
      })
  void aRequestThatTomcatRefusesGetsAProblem(String request) throws Exception {
    assertThat(tomcat.exchange(request))
        .startsWith("HTTP/1.1 400")
        .contains("Content-Type: application/problem+json")
        .contains("X-Content-Type-Options: nosniff")
        .endsWith(
            """
            {"type":"urn:tally:problem:malformed-request","title":"Malformed request","status":400,\
            "detail":"Malformed request.","error":"Malformed request"}""");
  }

  @Test
  void anErrorWithoutABodyGetsAProblem() throws Exception {
    assertThat(get("/teapot"))
        .startsWith("HTTP/1.1 418")
        .contains("Content-Type: application/problem+json")
        .endsWith(
            """
            {"type":"urn:tally:problem:refused","title":"Request refused","status":418,\
            "detail":"Request refused.","error":"Request refused"}""");
  }

  @Test
  void anExceptionSaysNothingAboutItself() throws Exception {
    assertThat(get("/throws"))
        .startsWith("HTTP/1.1 500")
        .contains("urn:tally:problem:internal-error")
        .doesNotContain("secret", "IllegalState");
  }

  @Test
  void anAnswerWithABodyStays() throws Exception {
    assertThat(get("/own")).startsWith("HTTP/1.1 404").contains("own answer").doesNotContain("urn");
  }

  @Test
  void aGoodAnswerStays() throws Exception {
    assertThat(get("/fine")).startsWith("HTTP/1.1 200").contains("served /fine");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/apps;x=y", "/apps;", "/;/apps", "/apps/a;b/chats", "/apps;%zz"})
  void aPathParameterIsRefusedBeforeAnyServlet(String path) throws Exception {
    int before = served.get();

    assertThat(get(path))
        .startsWith("HTTP/1.1 400")
        .contains("urn:tally:problem:malformed-request");
    assertThat(served).hasValue(before);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/apps?a;b", "/apps%3Bx"})
  void aSemicolonElsewhereIsServed(String path) throws Exception {
    assertThat(get(path)).startsWith("HTTP/1.1 200").contains("served /apps");
  }

  private static String get(String path) throws Exception {
    return tomcat.exchange("GET " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  }
}
