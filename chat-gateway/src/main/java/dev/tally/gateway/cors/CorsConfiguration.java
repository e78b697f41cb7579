package dev.tally.gateway.cors;

import dev.tally.common.web.origin.OriginProperties;
import dev.tally.common.web.ratelimit.RateLimitConfiguration;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
class CorsConfiguration {

  @Bean
  FilterRegistrationBean<CorsFilter> cors(OriginProperties properties) {
    FilterRegistrationBean<CorsFilter> registration =
        new FilterRegistrationBean<>(new CorsFilter(properties.origins()));
    registration.addUrlPatterns("/apps/*");
    registration.setOrder(RateLimitConfiguration.BEFORE_REFUSALS);
    registration.setEnabled(!properties.origins().isEmpty());
    return registration;
  }
}
