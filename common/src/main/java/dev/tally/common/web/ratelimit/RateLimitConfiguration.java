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
 * Import this to have the requests of each client address limited, if configuration says so: the
 * contract's routes, before anything of a request but its headers is read.
 */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(AddressRateLimitProperties.class)
public class RateLimitConfiguration {

  @Bean
  WebMvcConfigurer addressRateLimit(AddressRateLimitProperties properties) {
    RateLimit limit =
        new RateLimit(
            "address",
            "Requests from this address come faster than they may.",
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
      // an answer that is written bit by bit comes by here again
      if (request.getDispatcherType() == DispatcherType.REQUEST) {
        limit.take(ClientAddress.of(request), 1, response);
      }
      return true;
    }
  }
}
