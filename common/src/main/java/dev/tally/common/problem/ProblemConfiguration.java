package dev.tally.common.problem;

import java.util.Map;
import org.apache.catalina.core.StandardHost;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.Ordered;
import org.springframework.web.HttpRequestHandler;
import org.springframework.web.servlet.HandlerMapping;
import org.springframework.web.servlet.handler.SimpleUrlHandlerMapping;

/** Import this to have every error of a service leave it as a problem. */
@Configuration(proxyBeanMethods = false)
@Import({ProblemHandler.class, ProblemErrorController.class})
public class ProblemConfiguration {

  @Bean
  WebServerFactoryCustomizer<TomcatServletWebServerFactory> problemValves() {
    return factory -> {
      factory.addContextValves(new PlainPathValve());
      factory.addContextCustomizers(
          context -> {
            if (context.getParent() instanceof StandardHost host) {
              host.setErrorReportValveClass(ProblemReportValve.class.getName());
            }
          });
    };
  }

  /**
   * Answers what no controller is mapped to. Spring itself would read all of the request's headers
   * before it says so, and fail if one of them is none that it could write.
   */
  @Bean
  HandlerMapping noSuchRoute() {
    HttpRequestHandler refusal =
        (_, _) -> {
          throw ProblemException.of(
              ProblemType.NO_SUCH_ROUTE, "Nothing is served under this path.");
        };
    return new SimpleUrlHandlerMapping(Map.of("/**", refusal), Ordered.LOWEST_PRECEDENCE);
  }
}
