package dev.tally.api.console;

import java.io.IOException;
import java.io.UncheckedIOException;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.io.Resource;
import org.springframework.http.CacheControl;
import org.springframework.util.DigestUtils;
import org.springframework.web.servlet.config.annotation.ResourceHandlerRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/** Serves the files that the console's page loads. */
@Configuration(proxyBeanMethods = false)
class ConsoleConfiguration {

  /** A browser keeps a file, and asks each time whether it has changed. */
  static final CacheControl ALWAYS_ASK = CacheControl.noCache();

  @Bean
  WebMvcConfigurer consoleFiles() {
    return new WebMvcConfigurer() {
      @Override
      public void addResourceHandlers(ResourceHandlerRegistry registry) {
        registry
            .addResourceHandler("/console/*.js", "/console/*.css", "/console/*.svg")
            .addResourceLocations("classpath:console/")
            .setCacheControl(ALWAYS_ASK)
            // The files of every release have the same time, because builds are reproducible.
            .setUseLastModified(false)
            .setEtagGenerator(ConsoleConfiguration::etag);
      }
    };
  }

  private static String etag(Resource file) {
    try {
      return etag(file.getContentAsByteArray());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static String etag(byte[] content) {
    return DigestUtils.md5DigestAsHex(content);
  }
}
