package dev.tally.common.startup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tally.testkit.TestServers;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Test;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.jdbc.core.simple.JdbcClient;

class SchemaConfigurationIT {

  @Test
  void aSchemaOfAnotherVersionIsRefusedInOneLine() {
    DataSource database = TestServers.wiped().dataSource();
    Flyway flyway = Flyway.configure().dataSource(database).load();
    SchemaConfiguration schema = new SchemaConfiguration();
    schema.migration().migrate(flyway);
    JdbcClient mysql = JdbcClient.create(database);
    assertThat(mysql.sql("UPDATE flyway_schema_history SET checksum = 7").update()).isPositive();

    assertThatThrownBy(() -> schema.migration().migrate(flyway))
        .isInstanceOf(IncompatibleDataException.class)
        .hasMessageContaining("start with an empty database")
        .hasMessageNotContaining("\n");
  }

  @Test
  void theLineIsPrintedInPlaceOfAStackTrace() {
    IncompatibleDataException cause = new IncompatibleDataException("the line");

    FailureAnalysis analysis =
        new IncompatibleDataAnalyzer().analyze(new IllegalStateException("a bean", cause));

    assertThat(analysis).isNotNull();
    assertThat(analysis.getDescription()).isEqualTo("the line");
  }
}
