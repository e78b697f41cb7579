package dev.tally.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * A {@code jdbc:mysql:replication:} URL. The replica is another database of the same server,
 * without rows, as if it was far behind.
 */
class ReplicationUrlIT {

  private static final String REPLICA = "replica_far_behind";

  private final GatewayFixture fixture = new GatewayFixture();
  private String url;

  @BeforeEach
  void createReplica() throws SQLException {
    try (Connection mysql = fixture.servers().mysql();
        Statement statement = mysql.createStatement()) {
      String source = mysql.getCatalog();
      statement.execute("CREATE DATABASE " + REPLICA);
      for (String table : new String[] {"apps", "chats", "messages"}) {
        statement.execute("CREATE TABLE %s.%s LIKE %s.%2$s".formatted(REPLICA, table, source));
      }
      URI server = URI.create(mysql.getMetaData().getURL().substring("jdbc:".length()));
      String host = "(host=%s)(port=%d)".formatted(server.getHost(), server.getPort());
      url =
          "jdbc:mysql:replication://address=(type=source)%s,address=(type=replica)%s(dbname=%s)/%s"
              .formatted(host, host, REPLICA, source);
    }
  }

  @AfterEach
  void dropReplica() throws SQLException {
    try (Connection mysql = fixture.servers().mysql();
        Statement statement = mysql.createStatement()) {
      statement.execute("DROP DATABASE " + REPLICA);
    }
  }

  @Test
  void countersAreRecoveredFromTheSource() {
    String app = fixture.app(3);

    try (ConfigurableApplicationContext gateway = fixture.start("--spring.datasource.url=" + url)) {
      assertThat(fixture.post(gateway, "/apps/" + app + "/chats").body())
          .isEqualTo("{\"chat_number\":4}");
    }
  }
}
