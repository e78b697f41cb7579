package dev.tally.common.web.server;

import org.springframework.boot.actuate.autoconfigure.web.ManagementContextConfiguration;
import org.springframework.boot.actuate.autoconfigure.web.ManagementContextType;
import org.springframework.boot.web.server.ConfigurableWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.boot.web.server.autoconfigure.ServerProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.core.annotation.Order;

/**
 * Applies {@link ServerConfiguration} to the actuator if it has a port of its own. That port is on
 * the service's address, where Spring Boot would open it on all.
 */
@ManagementContextConfiguration(value = ManagementContextType.CHILD, proxyBeanMethods = false)
@Import(ServerConfiguration.class)
class ManagementServerConfiguration {

  /** The last one, because Spring Boot's own sets the address, too. */
  @Bean
  @Order
  WebServerFactoryCustomizer<ConfigurableWebServerFactory> serviceAddress(ServerProperties server) {
    return factory -> factory.setAddress(server.getAddress());
  }
}
