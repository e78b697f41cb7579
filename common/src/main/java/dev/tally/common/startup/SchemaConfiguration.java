package dev.tally.common.startup;

import org.flywaydb.core.api.exception.FlywayValidateException;
import org.springframework.boot.flyway.autoconfigure.FlywayMigrationStrategy;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Migrates the schema at start, in the services that import this. */
@Configuration(proxyBeanMethods = false)
public class SchemaConfiguration {

  SchemaConfiguration() {}

  /** Flyway's own message has many lines and advises a repair that would do harm here. */
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
