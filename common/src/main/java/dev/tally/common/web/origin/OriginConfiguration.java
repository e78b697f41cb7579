package dev.tally.common.web.origin;

import dev.tally.common.web.problem.ProblemException;
import dev.tally.common.web.problem.ProblemType;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpHeaders;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/** Refuses writes of foreign pages, before the body is read. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(OriginProperties.class)
public class OriginConfiguration {

  OriginConfiguration() {}

  @Bean
  WebMvcConfigurer foreignOrigins(OriginProperties properties) {
    ForeignOrigins foreign = new ForeignOrigins(properties.origins());
    return new WebMvcConfigurer() {
      @Override
      public void addInterceptors(InterceptorRegistry registry) {
        registry.addInterceptor(new Interceptor(foreign));
      }
    };
  }

  private record Interceptor(ForeignOrigins foreign) implements HandlerInterceptor {
    @Override
    public boolean preHandle(
        HttpServletRequest request, HttpServletResponse response, Object handler) {
      // The answer to a refused request passes here, too.
      if (request.getDispatcherType() == DispatcherType.REQUEST
          && foreign.isWrite(request.getMethod())
          && foreign.include(
              request.getHeader(HttpHeaders.ORIGIN),
              request.getHeader("Sec-Fetch-Site"),
              request.getHeader(HttpHeaders.HOST))) {
        throw ProblemException.of(
            ProblemType.FOREIGN_ORIGIN,
            "Pages of this origin may not write. The operator allows origins with"
                + " TALLY_CORS_ORIGINS.");
      }
      return true;
    }
  }
}
