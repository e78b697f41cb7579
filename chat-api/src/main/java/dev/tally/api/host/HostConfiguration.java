package dev.tally.api.host;

import dev.tally.api.app.AdminKey;
import dev.tally.common.web.problem.ProblemException;
import dev.tally.common.web.problem.ProblemType;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpHeaders;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/**
 * Refuses requests for unknown hosts, unless there is an admin key: without the key, a page cannot
 * list apps, under whatever name it reaches the API. Health and metrics have handlers of their own,
 * which this does not touch.
 */
@Configuration(proxyBeanMethods = false)
class HostConfiguration {

  @Bean
  WebMvcConfigurer unknownHosts(HostProperties properties, AdminKey key) {
    KnownHosts hosts = new KnownHosts(properties.names());
    return new WebMvcConfigurer() {
      @Override
      public void addInterceptors(InterceptorRegistry registry) {
        if (!key.isSet()) {
          registry.addInterceptor(new Interceptor(hosts));
        }
      }
    };
  }

  private record Interceptor(KnownHosts hosts) implements HandlerInterceptor {
    @Override
    public boolean preHandle(
        HttpServletRequest request, HttpServletResponse response, Object handler) {
      // The answer to a refused request passes here, too.
      if (request.getDispatcherType() == DispatcherType.REQUEST
          // No browser leaves the header out. Some probes do.
          && request.getHeader(HttpHeaders.HOST) != null
          && !hosts.include(request.getServerName())) {
        throw ProblemException.of(
            ProblemType.MISDIRECTED_REQUEST,
            "Without an admin key, this API answers only under IP addresses, localhost, and the"
                + " names in TALLY_API_HOSTS.");
      }
      return true;
    }
  }
}
