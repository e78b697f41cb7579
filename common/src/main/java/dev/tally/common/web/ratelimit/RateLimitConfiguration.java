package dev.tally.common.web.ratelimit;

import java.time.Duration;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.core.Ordered;
import org.springframework.web.servlet.HandlerExceptionResolver;

/**
 * Limits the requests of each client address, if configuration sets a limit: all requests but those
 * for the service's health, whatever their answer is. It refuses a request before the body is read.
 */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(AddressRateLimitProperties.class)
public class RateLimitConfiguration {

  /** The order of a filter whose headers an answer to a refused request needs. */
  public static final int BEFORE_REFUSALS = Ordered.LOWEST_PRECEDENCE - 20;

  private static final int REFUSALS = BEFORE_REFUSALS + 10;

  @Bean
  AddressRateLimit addressRateLimit(AddressRateLimitProperties properties) {
    return new AddressRateLimit(
        new RateLimit(
            "address",
            "The client address exceeded its request rate limit.",
            properties.perSecond(),
            Duration.ofSeconds(1),
            properties.burst(),
            /* highestCost= */ 1));
  }

  @Bean
  FilterRegistrationBean<RefusalFilter> refusals(
      AddressRateLimit limit,
      @Lazy @Qualifier("handlerExceptionResolver") HandlerExceptionResolver problems) {
    FilterRegistrationBean<RefusalFilter> registration =
        new FilterRegistrationBean<>(new RefusalFilter(problems));
    registration.setOrder(REFUSALS);
    registration.setEnabled(limit.isOn());
    return registration;
  }
}
