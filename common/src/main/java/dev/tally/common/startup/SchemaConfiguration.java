package dev.tally.common.startup;

import org.flywaydb.core.api.exception.FlywayValidateException;
import org.springframework.boot.flyway.autoconfigure.FlywayMigrationStrategy;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Brings the schema up to date at start; for the services that do so. */
@Configuration(proxyBeanMethods = false)
public class SchemaConfiguration {

  SchemaConfiguration() {}

  /** Flyway's own message is of many lines, and advises to repair what must not be repaired. */
  @Bean
  FlywayMigrationStrategy migration() {
    return flyway -> {
      try {
        flyway.migrate();
      } catch (FlywayValidateException e) {
        throw new IncompatibleDataException(
            """
            the database's schema was made by another version of Tally, and this one cannot update it: \
            run the version that made it, or start with an empty database""");
      }
    };
  }
}
