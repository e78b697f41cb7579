package dev.tally.common.web.openapi;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.servlet.config.annotation.ResourceHandlerRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/**
 * Import this to have a service serve its OpenAPI document: a file, which is looked for only when
 * no controller has been found.
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
