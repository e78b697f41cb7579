package dev.tally.api.cors;

import dev.tally.common.web.cors.CorsFilter;
import dev.tally.common.web.cors.CorsRules;
import dev.tally.common.web.origin.OriginProperties;
import java.util.List;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
class CorsConfiguration {

  private static final CorsRules READS =
      new CorsRules(
          List.of("GET", "HEAD"),
          List.of("Last-Event-ID", "traceparent"),
          List.of("Link", "Retry-After", "RateLimit", "RateLimit-Policy"));

  @Bean
  FilterRegistrationBean<CorsFilter> cors(OriginProperties properties) {
    return CorsFilter.registration(properties, READS);
  }
}
