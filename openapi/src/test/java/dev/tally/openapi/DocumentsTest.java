package dev.tally.openapi;

import static org.assertj.core.api.Assertions.assertThat;

import io.swagger.v3.parser.OpenAPIV3Parser;
import io.swagger.v3.parser.core.models.ParseOptions;
import io.swagger.v3.parser.core.models.SwaggerParseResult;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.web.servlet.mvc.method.RequestMappingInfo;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationFeature;

/** Compares the documents with the services that serve them. */
class DocumentsTest {

  private static final String REGENERATE =
      "./mvnw -pl openapi -am test '-Dtest=DocumentsTest#theDocumentIsUpToDate*'"
          + " -Dsurefire.failIfNoSpecifiedTests=false -Dopenapi.write=true";

  private static final Map<Service, ConfigurableApplicationContext> RUNNING =
      new EnumMap<>(Service.class);

  @BeforeAll
  static void start() {
    for (Service service : Service.values()) {
      RUNNING.put(service, service.start());
    }
  }

  @AfterAll
  static void stop() {
    RUNNING.values().forEach(ConfigurableApplicationContext::close);
  }

  @ParameterizedTest
  @EnumSource
  void theDocumentIsUpToDate(Service service) throws Exception {
    Document document = new Document(Document.JSON.readTree(get(service, "/v3/api-docs")));
    service.describe(document);
    String generated =
        Document.JSON
                .rebuild()
                .enable(SerializationFeature.INDENT_OUTPUT)
                .build()
                .writeValueAsString(document.build())
            + "\n";
    if (Boolean.getBoolean("openapi.write")) {
      Files.createDirectories(service.file().getParent());
      Files.writeString(service.file(), generated);
    }

    List<String> there =
        Files.exists(service.file()) ? Files.readAllLines(service.file()) : List.of();
    List<String> wanted = generated.lines().toList();
    int line = 0;
    while (line < wanted.size()
        && line < there.size()
        && wanted.get(line).equals(there.get(line))) {
      line++;
    }
    assertThat(there.equals(wanted))
        .as(
            """
            %s differs from the code of %s, from line %d on. The code says
              %s
            If the code is right, write the document again, and read the difference:
              %s
            """,
            service.file(),
            service.title(),
            line + 1,
            line < wanted.size() ? wanted.get(line).strip() : "(the end)",
            REGENERATE)
        .isTrue();
  }

  @ParameterizedTest
  @EnumSource
  void theDocumentIsValid(Service service) throws Exception {
    ParseOptions options = new ParseOptions();
    options.setResolve(true);
    options.setValidateExternalRefs(true);

    SwaggerParseResult result = new OpenAPIV3Parser().readContents(served(service), null, options);

    assertThat(result.getMessages()).isNullOrEmpty();
    assertThat(result.getOpenAPI().getOpenapi()).isEqualTo("3.1.0");
    assertThat(result.getOpenAPI().getPaths()).isNotEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void theDocumentHasExactlyTheRoutesOfTheService(Service service) throws Exception {
    Set<String> documented = new TreeSet<>();
    Document.JSON
        .readTree(served(service))
        .path("paths")
        .forEachEntry(
            (path, item) ->
                item.propertyNames()
                    .forEach(verb -> documented.add(verb.toUpperCase(Locale.ROOT) + " " + path)));

    assertThat(documented).isEqualTo(routes(service));
  }

  /** The routes of the service's own controllers, without pages. */
  private static Set<String> routes(Service service) {
    Set<String> routes = new TreeSet<>();
    context(service)
        .getBean("requestMappingHandlerMapping", RequestMappingHandlerMapping.class)
        .getHandlerMethods()
        .forEach(
            (mapping, method) -> {
              String owner = method.getBeanType().getPackageName();
              if (owner.startsWith(service.packageName()) && !Service.PAGES.contains(owner)) {
                addTo(routes, mapping);
              }
            });
    return routes;
  }

  private static void addTo(Set<String> routes, RequestMappingInfo mapping) {
    for (String path : mapping.getPatternValues()) {
      mapping
          .getMethodsCondition()
          .getMethods()
          .forEach(method -> routes.add(method.name() + " " + path));
    }
  }

  @ParameterizedTest
  @EnumSource
  void examplesFitTheirSchemas(Service service) throws Exception {
    JsonNode document = Document.JSON.readTree(served(service));
    Examples examples = new Examples(document);

    assertThat(examples.misfits()).isEmpty();
    assertThat(examples.count()).isGreaterThan(10);
  }

  private static String served(Service service) throws Exception {
    return get(service, "/openapi.json");
  }

  private static String get(Service service, String path) throws IOException, InterruptedException {
    int port =
        context(service).getEnvironment().getRequiredProperty("local.server.port", Integer.class);
    try (HttpClient http = HttpClient.newHttpClient()) {
      HttpResponse<String> answer =
          http.send(
              HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).build(),
              HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
      return answer.body();
    }
  }

  private static ConfigurableApplicationContext context(Service service) {
    ConfigurableApplicationContext context = RUNNING.get(service);
    assertThat(context).isNotNull();
    return context;
  }
}
