package dev.tally.common.web.ratelimit;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.time.Duration;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/**
 * Limits the requests of each client address to the contract's routes, if configuration sets a
 * limit. It refuses a request before the body is read.
 */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(AddressRateLimitProperties.class)
public class RateLimitConfiguration {

  @Bean
  WebMvcConfigurer addressRateLimit(AddressRateLimitProperties properties) {
    RateLimit limit =
        new RateLimit(
            "address",
            "The client address exceeded its request rate limit.",
            properties.perSecond(),
            Duration.ofSeconds(1),
            properties.burst());
    return new WebMvcConfigurer() {
      @Override
      public void addInterceptors(InterceptorRegistry registry) {
        if (limit.isOn()) {
          registry.addInterceptor(new Interceptor(limit)).addPathPatterns("/apps", "/apps/**");
        }
      }
    };
  }

  private record Interceptor(RateLimit limit) implements HandlerInterceptor {
    @Override
    public boolean preHandle(
        HttpServletRequest request, HttpServletResponse response, Object handler) {
      // Each asynchronous dispatch of a stream passes here again.
      if (request.getDispatcherType() == DispatcherType.REQUEST) {
        limit.take(ClientAddress.of(request), 1, response);
      }
      return true;
    }
  }
}
