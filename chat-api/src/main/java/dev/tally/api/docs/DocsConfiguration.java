package dev.tally.api.docs;

import java.io.IOException;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.io.ClassPathResource;
import org.springframework.core.io.support.PropertiesLoaderUtils;
import org.springframework.web.servlet.config.annotation.ResourceHandlerRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/** Serves the page's files: our own, and those of Swagger UI from its webjar. */
@Configuration(proxyBeanMethods = false)
class DocsConfiguration {

  @Bean
  WebMvcConfigurer docsFiles() throws IOException {
    String version =
        PropertiesLoaderUtils.loadProperties(
                new ClassPathResource("META-INF/maven/org.webjars/swagger-ui/pom.properties"))
            .getProperty("version");
    return new WebMvcConfigurer() {
      @Override
      public void addResourceHandlers(ResourceHandlerRegistry registry) {
        registry
            .addResourceHandler("/docs/*.js", "/docs/*.css", "/docs/*.png")
            .addResourceLocations(
                "classpath:docs/",
                "classpath:META-INF/resources/webjars/swagger-ui/" + version + "/");
      }
    };
  }
}
