package dev.tally.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.sql.Connection;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * A {@code jdbc:mysql:replication:} URL. The replica is the same server, with sessions that read no
 * rows, as if it was far behind.
 */
class ReplicationUrlIT {

  private final GatewayFixture fixture = new GatewayFixture();

  @Test
  void countersAreRecoveredFromTheSource() throws SQLException {
    String app = fixture.app(3);

    try (ConfigurableApplicationContext gateway =
        fixture.start("--spring.datasource.url=" + url())) {
      assertThat(fixture.post(gateway, "/apps/" + app + "/chats").body())
          .isEqualTo("{\"chat_number\":4}");
    }
  }

  private String url() throws SQLException {
    try (Connection mysql = fixture.servers().mysql()) {
      URI server = URI.create(mysql.getMetaData().getURL().substring("jdbc:".length()));
      String host = "(host=%s)(port=%d)".formatted(server.getHost(), server.getPort());
      return "jdbc:mysql:replication://address=(type=source)%s,address=(type=replica)%s%s/%s"
          .formatted(host, host, "(sessionVariables=sql_select_limit=0)", mysql.getCatalog());
    }
  }
}
