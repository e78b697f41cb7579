package dev.tally.gateway.cors;

import dev.tally.common.web.cors.CorsFilter;
import dev.tally.common.web.cors.CorsRules;
import dev.tally.common.web.origin.OriginProperties;
import java.util.List;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
class CorsConfiguration {

  private static final CorsRules WRITES =
      new CorsRules(
          List.of("POST", "PUT", "PATCH", "DELETE"),
          List.of("Content-Type", "Idempotency-Key", "traceparent"),
          List.of("Retry-After", "RateLimit", "RateLimit-Policy"));

  @Bean
  FilterRegistrationBean<CorsFilter> cors(OriginProperties properties) {
    return CorsFilter.registration(properties, WRITES);
  }
}
