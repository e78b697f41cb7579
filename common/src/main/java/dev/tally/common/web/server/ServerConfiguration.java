package dev.tally.common.web.server;

import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** Bounds a service's web server, and sets security headers on all answers. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(ConnectionProperties.class)
@Import(PlainContentType.class)
public class ServerConfiguration {

  @Bean
  WebServerFactoryCustomizer<TomcatServletWebServerFactory> boundedServer(
      ConnectionProperties properties) {
    return factory -> {
      factory.setProtocol(DeadlineProtocol.class.getName());
      factory.addConnectorCustomizers(
          connector -> {
            if (connector.getProtocolHandler() instanceof DeadlineProtocol protocol) {
              protocol.setRequestTimeout(properties.requestTimeout());
              protocol.setAnswerRate(properties.answerRate().toBytes());
            }
          });
      if (!properties.trustedProxies().isBlank()) {
        factory.addEngineValves(TrustedProxies.valve(properties.trustedProxies()));
      }
      factory.addEngineValves(new SecurityHeadersValve());
    };
  }
}
