package dev.tally.local;

import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.AutoConfigurationImportFilter;
import org.springframework.boot.autoconfigure.AutoConfigurationMetadata;
import org.springframework.context.EnvironmentAware;
import org.springframework.core.env.Environment;

/**
 * Lets all services run on one class path. Spring Boot configures every library that it finds
 * there; this filter, which Spring Boot finds in {@code META-INF/spring.factories}, keeps from a
 * service the libraries that only another service brings.
 */
final class SharedClassPath implements AutoConfigurationImportFilter, EnvironmentAware {

  private static final Set<String> JPA =
      Set.of(
          "org.springframework.boot.hibernate.autoconfigure.HibernateJpaAutoConfiguration",
          "org.springframework.boot.data.jpa.autoconfigure.DataJpaRepositoriesAutoConfiguration");

  private static final Set<String> ELASTICSEARCH =
      Set.of(
          "org.springframework.boot.elasticsearch.autoconfigure.ElasticsearchRestClientAutoConfiguration",
          "org.springframework.boot.elasticsearch.autoconfigure.ElasticsearchClientAutoConfiguration",
          "org.springframework.boot.data.elasticsearch.autoconfigure.DataElasticsearchAutoConfiguration",
          "org.springframework.boot.data.elasticsearch.autoconfigure.DataElasticsearchRepositoriesAutoConfiguration",
          "org.springframework.boot.data.elasticsearch.autoconfigure.health.DataElasticsearchReactiveHealthContributorAutoConfiguration");

  /** What each service does without, by its {@code spring.application.name}. */
  private static final Map<String, Set<String>> NOT_OF_SERVICE =
      Map.of(
          "chat-worker",
          JPA,
          "chat-gateway",
          Stream.of(JPA, ELASTICSEARCH).flatMap(Set::stream).collect(Collectors.toSet()));

  private Set<String> excluded = Set.of();

  SharedClassPath() {}

  @Override
  public void setEnvironment(Environment environment) {
    String service = Objects.toString(environment.getProperty("spring.application.name"), "");
    excluded = NOT_OF_SERVICE.getOrDefault(service, Set.of());
  }

  @Override
  public boolean[] match(
      @Nullable String[] autoConfigurationClasses, AutoConfigurationMetadata metadata) {
    boolean[] matches = new boolean[autoConfigurationClasses.length];
    for (int i = 0; i < matches.length; i++) {
      String name = autoConfigurationClasses[i];
      // Another filter has removed the classes that are null.
      matches[i] = name == null || !excluded.contains(name);
    }
    return matches;
  }
}
