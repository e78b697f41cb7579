package dev.tally.common.web.field;

import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Makes the {@link FieldReader} of a service that reads bodies. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(FieldProperties.class)
public class FieldConfiguration {

  @Bean
  FieldReader fieldReader(FieldProperties properties) {
    return new FieldReader(properties.unknown());
  }
}
