package dev.tally.common.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import co.elastic.clients.transport.rest5_client.low_level.Request;
import co.elastic.clients.transport.rest5_client.low_level.Rest5Client;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.elasticsearch.autoconfigure.ElasticsearchRestClientAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

class ElasticsearchClientConfigurationTest {

  private static final String NONE = "none";

  private final List<String> authorizations = new CopyOnWriteArrayList<>();
  private HttpServer server;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          String authorization = exchange.getRequestHeaders().getFirst("Authorization");
          authorizations.add(authorization == null ? NONE : authorization);
          exchange.sendResponseHeaders(200, -1);
          exchange.close();
        });
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  @Test
  void thePasswordIsSentUnasked() {
    request("spring.elasticsearch.username=elastic", "spring.elasticsearch.password=pässword");

    // elastic:pässword in UTF-8
    assertThat(authorizations).containsExactly("Basic ZWxhc3RpYzpww6Rzc3dvcmQ=");
  }

  @Test
  void withoutAUserNothingIsSent() {
    request("spring.elasticsearch.username=", "spring.elasticsearch.password=");

    assertThat(authorizations).containsExactly(NONE);
  }

  @Test
  @Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void anElasticsearchThatStandsStillIsNotWaitedForWithoutEnd() throws IOException {
    try (ServerSocket still = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      assertThatThrownBy(
              () ->
                  request(
                      "spring.elasticsearch.uris=http://127.0.0.1:" + still.getLocalPort(),
                      "spring.elasticsearch.socket-timeout=200ms"))
          .hasRootCauseInstanceOf(SocketTimeoutException.class);
    }
  }

  private void request(String... properties) {
    new ApplicationContextRunner()
        .withConfiguration(AutoConfigurations.of(ElasticsearchRestClientAutoConfiguration.class))
        .withUserConfiguration(ElasticsearchClientConfiguration.class)
        .withPropertyValues(
            "spring.elasticsearch.uris=http://127.0.0.1:" + server.getAddress().getPort())
        .withPropertyValues(properties)
        .run(
            context -> context.getBean(Rest5Client.class).performRequest(new Request("GET", "/x")));
  }
}
