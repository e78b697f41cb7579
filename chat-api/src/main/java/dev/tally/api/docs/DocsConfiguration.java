package dev.tally.api.docs;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.io.ClassPathResource;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PropertiesLoaderUtils;
import org.springframework.http.CacheControl;
import org.springframework.util.DigestUtils;
import org.springframework.web.servlet.config.annotation.ResourceHandlerRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/** Serves the page's files: our own, and those of Swagger UI from its webjar. */
@Configuration(proxyBeanMethods = false)
class DocsConfiguration {

  /** Short enough that an upgrade is seen, and long enough to load two megabytes once. */
  private static final CacheControl AN_HOUR =
      CacheControl.maxAge(Duration.ofHours(1)).cachePublic();

  /** The tags of the files, each computed once: the largest file has 1.7 MB. */
  private static final class Etags {

    private final Map<String, String> known = new ConcurrentHashMap<>();

    String of(Resource file) {
      return known.computeIfAbsent(Objects.requireNonNull(file.getFilename()), _ -> digest(file));
    }

    private static String digest(Resource file) {
      try (InputStream in = file.getInputStream()) {
        // Weak, because Tomcat compresses no file with a strong one.
        return "W/\"" + DigestUtils.md5DigestAsHex(in) + '"';
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  @Bean
  WebMvcConfigurer docsFiles() throws IOException {
    String version =
        PropertiesLoaderUtils.loadProperties(
                new ClassPathResource("META-INF/maven/org.webjars/swagger-ui/pom.properties"))
            .getProperty("version");
    Etags etags = new Etags();
    return new WebMvcConfigurer() {
      @Override
      public void addResourceHandlers(ResourceHandlerRegistry registry) {
        registry
            .addResourceHandler("/docs/*.js", "/docs/*.css", "/docs/*.png")
            .addResourceLocations(
                "classpath:docs/",
                "classpath:META-INF/resources/webjars/swagger-ui/" + version + "/")
            .setCacheControl(AN_HOUR)
            // The files of every release have the same time, because builds are reproducible.
            .setUseLastModified(false)
            .setEtagGenerator(etags::of);
      }
    };
  }
}
