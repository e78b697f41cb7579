package dev.tally.system.operations;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.tally.api.ChatApi;
import dev.tally.gateway.ChatGateway;
import dev.tally.testkit.Service;
import dev.tally.worker.ChatWorker;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * A service that cannot use a setting says which one, and never quotes it: a password may be in it.
 * No server is needed, because a service that got as far as connecting would have failed.
 */
@ExtendWith(OutputCaptureExtension.class)
class SecretsIT {

  private static final String MARK = "Zaubertrank";

  private static final Map<String, Function<String[], ConfigurableApplicationContext>> SERVICES =
      Map.of(
          "chat-api", ChatApi::start,
          "chat-gateway", ChatGateway::start,
          "chat-worker", ChatWorker::start,
          "a command", ChatWorker::forCommand);

  /** Nothing answers there, and nothing waits for it for long. */
  private static final List<String> NOWHERE =
      List.of(
          "--TALLY_MYSQL_URL=jdbc:mysql://127.0.0.1:1/tally",
          "--TALLY_REDIS_URL=redis://127.0.0.1:1",
          "--TALLY_ELASTICSEARCH_URL=http://127.0.0.1:1",
          "--spring.flyway.connect-retries=0",
          "--spring.main.register-shutdown-hook=false",
          "--server.port=0",
          Service.ONE_PORT,
          "--server.address=127.0.0.1");

  /** Each as {@code scheme:} is put before it. */
  private static final List<String> MALFORMED =
      List.of(
          "//user:MARK",
          "//user:MARK@",
          "//user:MARK@:1",
          "//user:MARK@127.0.0.1:port",
          "//user:MARK@127.0.0.1:0",
          "//user:MARK@127.0.0.1:99999",
          "//user:MARK@127.0.0.1:99999999999",
          "//user:MARK@x@127.0.0.1:1",
          "//user:x@MARK@127.0.0.1:1",
          "//user:MARK/x@127.0.0.1:1",
          "//user:12/MARK@127.0.0.1:1",
          "//user:MARK#x@127.0.0.1:1",
          "//user:x#MARK@127.0.0.1:1",
          "//user:MARK?x@127.0.0.1:1",
          "//user:MARK%zz@127.0.0.1:1",
          "//user:MARK%ff@127.0.0.1:1",
          "//user:MARK%@127.0.0.1:1",
          "//user:MARK\uFFFD@127.0.0.1:1",
          "//user:MARK\n@127.0.0.1:1",
          "//user:MARK${none}@127.0.0.1:1",
          "//127.0.0.1:1/MARK@x",
          "user:MARK@127.0.0.1:1",
          "/user:MARK@127.0.0.1:1");

  /** How text with a password in it begins, by setting. */
  private static final Map<String, String> SCHEMES =
      Map.of(
          "TALLY_MYSQL_URL", "jdbc:mysql:",
          "TALLY_REDIS_URL", "redis:",
          "TALLY_ELASTICSEARCH_URL", "http:",
          "OTEL_EXPORTER_OTLP_ENDPOINT", "http:",
          "TALLY_GATEWAY_URL", "http:",
          "TALLY_CORS_ORIGINS", "http:",
          "TALLY_API_HOSTS", "http:",
          "TALLY_REDIS_CLUSTER_NODES", "",
          "TALLY_REDIS_SENTINEL_NODES", "",
          "TALLY_TRUSTED_PROXIES", "http:");

  private static final Map<String, List<String>> USERS =
      Map.of(
          "TALLY_MYSQL_URL", List.of("chat-api", "chat-gateway", "chat-worker", "a command"),
          "TALLY_REDIS_URL", List.of("chat-gateway", "chat-api", "chat-worker", "a command"),
          "TALLY_ELASTICSEARCH_URL", List.of("chat-api", "chat-worker", "a command"),
          "OTEL_EXPORTER_OTLP_ENDPOINT", List.of("chat-gateway", "chat-api", "chat-worker"),
          "TALLY_GATEWAY_URL", List.of("chat-api"),
          "TALLY_CORS_ORIGINS", List.of("chat-gateway", "chat-api"),
          "TALLY_API_HOSTS", List.of("chat-api"),
          "TALLY_REDIS_CLUSTER_NODES", List.of("chat-gateway", "chat-api", "chat-worker"),
          "TALLY_REDIS_SENTINEL_NODES", List.of("chat-gateway", "chat-api", "chat-worker"),
          "TALLY_TRUSTED_PROXIES", List.of("chat-gateway", "chat-api", "chat-worker"));

  static Stream<Arguments> uses() {
    return USERS.entrySet().stream()
        .flatMap(use -> use.getValue().stream().map(service -> arguments(use.getKey(), service)));
  }

  @ParameterizedTest
  @MethodSource("uses")
  void aMalformedAddressIsNamedAndNotQuoted(
      String variable, String service, CapturedOutput output) {
    for (String value : malformed(variable)) {
      Throwable thrown = startWith(service, variable, value);

      String stackTrace = stackTrace(thrown);
      assertThat(stackTrace).as(value).doesNotContainIgnoringCase(MARK).contains(variable);
    }
    assertThat(output).doesNotContainIgnoringCase(MARK).contains(variable + " must be ");
  }

  /** Passwords that are settings of their own have no form, but Spring reads them first. */
  @ParameterizedTest
  @MethodSource("passwords")
  void aPasswordThatSpringCannotReadIsNamedAndNotQuoted(
      String variable, String service, CapturedOutput output) {
    Throwable thrown = startWith(service, variable, MARK + "${none}");

    assertThat(stackTrace(thrown)).doesNotContain(MARK).contains(variable);
    assertThat(output).doesNotContain(MARK).contains(variable + " has ${…}");
  }

  static Stream<Arguments> passwords() {
    return Stream.of(
        arguments("TALLY_MYSQL_PASSWORD", "chat-gateway"),
        arguments("TALLY_MYSQL_USER", "chat-worker"),
        arguments("TALLY_REDIS_SENTINEL_PASSWORD", "chat-gateway"),
        arguments("TALLY_ELASTICSEARCH_PASSWORD", "chat-worker"),
        arguments("TALLY_ELASTICSEARCH_USER", "chat-api"),
        arguments("TALLY_ADMIN_KEY", "chat-api"));
  }

  @Test
  void theProcessesEndWithAnErrorAndQuoteNothing() throws Exception {
    for (Class<?> main : List.of(ChatApi.class, ChatGateway.class, ChatWorker.class)) {
      isRefused(main, List.of());
    }
    isRefused(ChatWorker.class, List.of("verify"));
  }

  private static void isRefused(Class<?> main, List<String> arguments) throws Exception {
    ProcessBuilder builder =
        new ProcessBuilder(
                Service.java(List.of("-XX:TieredStopAtLevel=1", "-Xmx256m"), main, arguments))
            .redirectErrorStream(true);
    builder.environment().put("TALLY_REDIS_URL", "redis://user:" + MARK + "%zz@127.0.0.1:1");
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(process.waitFor()).as(output).isNotZero();
    assertThat(output)
        .contains("TALLY_REDIS_URL must be redis://user:password@host:port")
        .doesNotContain(MARK)
        .doesNotContain("\tat ");
  }

  private static Throwable startWith(String service, String variable, String value) {
    List<String> arguments = new ArrayList<>(NOWHERE);
    arguments.removeIf(argument -> argument.startsWith("--" + variable + "="));
    arguments.add("--" + variable + "=" + value);
    if (variable.equals("TALLY_REDIS_SENTINEL_PASSWORD")) {
      arguments.add("--TALLY_REDIS_SENTINEL_NODES=127.0.0.1:1");
    }
    Throwable thrown =
        catchThrowable(
            () ->
                requireNonNull(SERVICES.get(service))
                    .apply(arguments.toArray(String[]::new))
                    .close());
    assertThat(thrown).as("%s with %s=%s", service, variable, value).isNotNull();
    return thrown;
  }

  private static List<String> malformed(String variable) {
    String scheme = SCHEMES.getOrDefault(variable, "");
    List<String> values = new ArrayList<>();
    for (String text : MALFORMED) {
      String value = text.replace("MARK", MARK);
      values.add(scheme + (scheme.isEmpty() ? value.replaceFirst("^/*", "") : value));
    }
    values.add("foo://user:" + MARK + "@127.0.0.1:1");
    values.add("jdbc:foo://user:" + MARK + "@127.0.0.1:1/x");
    switch (variable) {
      case "TALLY_MYSQL_URL" -> {
        values.add("jdbc:mysql://127.0.0.1:1/x?useSSL=" + MARK);
        values.add("jdbc:mysql://127.0.0.1:1/x?password=" + MARK + "%zz");
        values.add("jdbc:mysql://address=(host=127.0.0.1)(port=1)(password=" + MARK + "/x");
        // Connector/J finds no fault with these.
        values.remove("jdbc:mysql://user:" + MARK + "@");
        values.remove("jdbc:mysql://user:" + MARK + "@:1");
      }
      case "TALLY_ELASTICSEARCH_URL" -> values.add("http://a:1,b:2 " + MARK);
      case "TALLY_REDIS_URL", "OTEL_EXPORTER_OTLP_ENDPOINT", "TALLY_GATEWAY_URL" ->
          values.add(" " + scheme + "//user:" + MARK + " @127.0.0.1:1");
      default -> values.add(MARK + "/");
    }
    return values;
  }

  private static String stackTrace(Throwable thrown) {
    StringWriter text = new StringWriter();
    thrown.printStackTrace(new PrintWriter(text));
    return text.toString();
  }
}
