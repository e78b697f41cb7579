package dev.tally.common.web.openapi;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.servlet.config.annotation.ResourceHandlerRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/**
 * Serves a service's OpenAPI document, which is a file. Spring looks for it only when no controller
 * matches.
 */
@Configuration(proxyBeanMethods = false)
public class OpenApiConfiguration {

  @Bean
  WebMvcConfigurer openApiDocument(@Value("${spring.application.name}") String service) {
    return new WebMvcConfigurer() {
      @Override
      public void addResourceHandlers(ResourceHandlerRegistry registry) {
        registry
            .addResourceHandler(OpenApiDocument.PATH)
            .addResourceLocations("classpath:openapi/" + service + "/");
      }
    };
  }
}
