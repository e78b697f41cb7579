package dev.tally.common.web.request;

import io.micrometer.core.instrument.MeterRegistry;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Makes the {@link BodyMemory} of a service that reads bodies. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(BodyMemoryProperties.class)
public class BodyMemoryConfiguration {

  @Bean
  BodyMemory bodyMemory(BodyMemoryProperties properties, MeterRegistry meters) {
    return new BodyMemory(properties.memory().toBytes(), meters);
  }
}
