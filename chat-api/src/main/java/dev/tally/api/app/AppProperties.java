package dev.tally.api.app;

import jakarta.validation.constraints.Min;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * Who may list, create and change apps, and how fast.
 *
 * @param adminKey what requests that do so have to bring; empty if anybody may
 * @param newAppsPerHour apps that may be created from one client address in an hour; 0 sets no
 *     limit
 */
@Validated
@ConfigurationProperties("tally.api")
public record AppProperties(
    @DefaultValue("") String adminKey, @DefaultValue("0") @Min(0) long newAppsPerHour) {

  /** Without the key. */
  @Override
  public String toString() {
    return "AppProperties[newAppsPerHour=" + newAppsPerHour + "]";
  }
}
