package dev.tally.api.app;

import jakarta.validation.constraints.Min;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.validation.annotation.Validated;

/**
 * Protects the routes that manage apps.
 *
 * @param adminKey the key that requests need to list, create, change and delete apps; empty allows
 *     all requests
 * @param newAppsPerHour the number of apps that one client address may create in an hour. Less
 *     slows abuse, more lets many users behind one address create apps; 0 sets no limit
 */
@Validated
@ConfigurationProperties("tally.api")
public record AppProperties(String adminKey, @Min(0) long newAppsPerHour) {

  /** Omits the key, because settings end in logs. */
  @Override
  public String toString() {
    return "AppProperties[newAppsPerHour=" + newAppsPerHour + "]";
  }
}
