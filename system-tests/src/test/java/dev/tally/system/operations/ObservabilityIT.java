package dev.tally.system.operations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tally.system.RunningTally;
import dev.tally.system.TallyClient;
import dev.tally.testkit.http.Http;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.Yaml;
import tools.jackson.databind.JsonNode;

/** Dashboards, alerts and scalers use only metrics and labels that the services export. */
class ObservabilityIT {

  private static final Path DEPLOY = Path.of("..", "deploy");

  /**
   * Metrics that Prometheus itself adds. The labels below are those that it adds to all samples.
   */
  private static final Set<String> PROMETHEUS_METRICS = Set.of("up", "ALERTS");

  private static final Set<String> PROMETHEUS_LABELS = Set.of("job", "instance");

  private static final Pattern SAMPLE = Pattern.compile("([\\w:]+)(?:\\{(.*)})? \\S+");
  private static final Pattern LABEL = Pattern.compile("(\\w+)=\"((?:[^\"\\\\]|\\\\.)*)\"");

  private static RunningTally running;
  private static TallyClient tally;

  /** Exports the metrics that a service counts only after a fault. */
  private static RunningTally withoutMySql;

  @BeforeAll
  static void start() {
    running = RunningTally.shared();
    tally = TallyClient.of(running);
    String app = tally.newApp();
    long chat = tally.newChat(app);
    tally.say(app, chat, "hello");
    await()
        .atMost(Duration.ofMinutes(1))
        .until(() -> Http.get(tally.chatUrl(app, chat) + "/search?q=hello").status() == 200);
    withoutMySql =
        running.another(
            "--spring.flyway.enabled=false",
            "--spring.datasource.url=jdbc:mysql://127.0.0.1:1/tally");
    Http.get(withoutMySql.api() + "/apps").is(503);
    System.gc();
  }

  @AfterAll
  static void stop() {
    withoutMySql.close();
  }

  @Test
  void servicesExportEveryMetricAndLabelThatExpressionsUse() {
    Map<String, List<String>> expressions = expressions();
    assertThat(expressions).hasSizeGreaterThan(3);

    // Waits until the worker without MySQL has had a job and the queues have been measured.
    await()
        .atMost(Duration.ofMinutes(1))
        .pollInterval(Duration.ofSeconds(1))
        .untilAsserted(
            () -> {
              tally.newChat(tally.newApp());
              assertThat(missing(expressions, exported())).isEmpty();
            });
  }

  private static Set<String> missing(
      Map<String, List<String>> expressions, Map<String, List<Map<String, String>>> exported) {
    Set<String> missing = new TreeSet<>();
    expressions.forEach(
        (file, ofFile) ->
            ofFile.forEach(
                expression ->
                    missing(PromQl.read(expression), exported)
                        .forEach(what -> missing.add(file + ": " + what))));
    return missing;
  }

  private static List<String> missing(
      PromQl asked, Map<String, List<Map<String, String>>> exported) {
    List<String> missing = new ArrayList<>();
    Set<String> labels = new HashSet<>(PROMETHEUS_LABELS);
    boolean allOfTally = true;
    for (PromQl.Selector selector : asked.selectors()) {
      String metric = selector.metric();
      if (PROMETHEUS_METRICS.contains(metric)) {
        allOfTally = false;
        continue;
      }
      List<Map<String, String>> samples = exported.getOrDefault(metric, List.of());
      if (samples.isEmpty()) {
        missing.add(metric);
        continue;
      }
      samples.forEach(sample -> labels.addAll(sample.keySet()));
      for (PromQl.Condition condition : selector.conditions()) {
        if (!isThere(condition, values(condition.label(), samples))) {
          missing.add(metric + ", " + condition);
        }
      }
    }
    if (allOfTally) {
      asked.grouping().stream().filter(label -> !labels.contains(label)).forEach(missing::add);
    }
    return missing;
  }

  private static boolean isThere(PromQl.Condition condition, Set<String> values) {
    if (PROMETHEUS_LABELS.contains(condition.label())) {
      return true;
    }
    return condition.operator().equals("=")
        ? values.contains(condition.value())
        : !values.isEmpty();
  }

  /** The values of a label. */
  private static Set<String> values(String label, List<Map<String, String>> samples) {
    return samples.stream()
        .filter(sample -> sample.containsKey(label))
        .map(sample -> sample.get(label))
        .collect(Collectors.toSet());
  }

  /** The labels of all samples of all services, by metric. */
  private static Map<String, List<Map<String, String>>> exported() {
    Map<String, List<Map<String, String>>> exported = new HashMap<>();
    for (String service :
        List.of(
            running.gateway(),
            running.worker(),
            running.api(),
            withoutMySql.worker(),
            withoutMySql.api())) {
      String metrics = Http.get(service + "/actuator/prometheus").is(200).response().body();
      metrics
          .lines()
          .filter(line -> !line.startsWith("#"))
          .map(SAMPLE::matcher)
          .filter(Matcher::matches)
          .forEach(
              sample ->
                  exported
                      .computeIfAbsent(sample.group(1), _ -> new ArrayList<>())
                      .add(labels(sample.group(2))));
    }
    return exported;
  }

  private static Map<String, String> labels(@Nullable String text) {
    Map<String, String> labels = new HashMap<>();
    if (text != null) {
      LABEL.matcher(text).results().forEach(label -> labels.put(label.group(1), label.group(2)));
    }
    return labels;
  }

  /** All expressions of rules, dashboards and scalers, by file. */
  private static Map<String, List<String>> expressions() {
    Map<String, List<String>> expressions = new HashMap<>();
    for (Path file : files(".json")) {
      JsonNode dashboard = Http.JSON.readTree(read(file));
      List<String> ofFile = new ArrayList<>(dashboard.findValuesAsString("expr"));
      ofFile.addAll(dashboard.findValuesAsString("definition"));
      expressions.put(DEPLOY.relativize(file).toString(), ofFile);
    }
    for (Path file : files(".yml", ".yaml")) {
      List<String> ofFile = new ArrayList<>();
      new Yaml().loadAll(read(file)).forEach(document -> collect(document, ofFile));
      expressions.put(DEPLOY.relativize(file).toString(), ofFile);
    }
    expressions.values().removeIf(List::isEmpty);
    return expressions;
  }

  private static void collect(Object node, List<String> found) {
    switch (node) {
      case Map<?, ?> map ->
          map.forEach(
              (key, value) -> {
                if ((key.equals("expr") || key.equals("query")) && value instanceof String text) {
                  found.add(text);
                } else if (value != null) {
                  collect(value, found);
                }
              });
      case List<?> list -> list.forEach(element -> collect(element, found));
      default -> {}
    }
  }

  private static List<Path> files(String... endings) {
    try (Stream<Path> files = Files.walk(DEPLOY)) {
      return files
          .filter(file -> Arrays.stream(endings).anyMatch(file.toString()::endsWith))
          .filter(file -> !file.startsWith(DEPLOY.resolve("observability/prometheus/tests")))
          .filter(file -> !file.startsWith(DEPLOY.resolve("target")))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
