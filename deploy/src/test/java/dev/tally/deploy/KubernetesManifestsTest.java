package dev.tally.deploy;

import static dev.tally.deploy.Document.at;
import static dev.tally.deploy.Document.list;
import static dev.tally.deploy.Document.yaml;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonElement;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Checks the manifests by the schema of Kubernetes' own API, and compares them with each other and
 * with the services. Does not check the output of kustomize, nor objects of other projects' kinds.
 */
class KubernetesManifestsTest {

  private static final Path KUBERNETES = Repository.ROOT.resolve("deploy/kubernetes");
  private static final Set<String> KUSTOMIZE = Set.of("Kustomization", "Component");
  private static final Set<String> OTHER_PROJECTS = Set.of("ScaledObject", "PodMonitor");
  private static final String NAME = "app.kubernetes.io/name";
  private static final String MANAGEMENT_PORT = "{name: management, containerPort: 8081}";
  private static final Pattern SETTING = Pattern.compile("\\$\\{(TALLY_\\w+)");

  private final List<Document> documents = Document.in(KUBERNETES);

  @Test
  void manifestsFitTheSchemaOfKubernetes() {
    Set<String> kinds = new HashSet<>();
    for (Document document : documents) {
      if (!KUSTOMIZE.contains(document.kind()) && !OTHER_PROJECTS.contains(document.kind())) {
        document.readAsKubernetesDoes();
        kinds.add(document.kind());
      }
    }

    assertThat(kinds)
        .contains("Deployment", "Service", "PodDisruptionBudget", "NetworkPolicy", "Ingress");
  }

  @ParameterizedTest
  @ValueSource(strings = {"port: [{port: 1}]", "ports: [{name: http}]", "ports: [{port: http}]"})
  void misspelledAndMissingMembersAreFound(String wrong) {
    String service = "{apiVersion: v1, kind: Service, metadata: {name: x}, spec: {%s}}";
    Path file = Path.of("service.yml");

    assertThatThrownBy(
            () ->
                Document.read(file, service.formatted(wrong))
                    .forEach(Document::readAsKubernetesDoes))
        .isInstanceOf(AssertionError.class);
    Document.read(file, service.formatted("ports: [{port: 1}]"))
        .forEach(Document::readAsKubernetesDoes);
  }

  @Test
  void everyFileIsPartOfAKustomization() {
    Set<Path> named = new HashSet<>();
    for (Document document : documents) {
      if (KUSTOMIZE.contains(document.kind())) {
        named.add(document.file());
        for (JsonElement entry : list(document.at("resources"))) {
          named.add(target(document, entry));
        }
        for (JsonElement entry : list(document.at("components"))) {
          named.add(target(document, entry));
        }
      }
    }

    assertThat(named).containsExactlyInAnyOrderElementsOf(Repository.files(KUBERNETES, ".yml"));
  }

  private static Path target(Document kustomization, JsonElement entry) {
    Path path = kustomization.file().resolveSibling(entry.getAsString()).normalize();
    return Files.isDirectory(path) ? path.resolve("kustomization.yml") : path;
  }

  @Test
  void everySettingIsReadByAService() {
    Set<String> read =
        Stream.of("common", "chat-gateway", "chat-worker", "chat-api")
            .map(module -> Repository.ROOT.resolve(module).resolve("src/main/resources"))
            .flatMap(folder -> Repository.files(folder, ".yml").stream())
            .flatMap(file -> SETTING.matcher(Repository.read(file)).results())
            .map(setting -> setting.group(1))
            .collect(Collectors.toSet());
    Set<String> given = new TreeSet<>();
    for (JsonElement pod : pods().values()) {
      list(at(pod, "containers", "0", "env"))
          .forEach(variable -> given.add(at(variable, "name").getAsString()));
    }
    for (Document document : documents) {
      for (JsonElement literal : list(document.at("configMapGenerator"))) {
        list(at(literal, "literals"))
            .forEach(setting -> given.add(setting.getAsString().replaceAll("=.*", "")));
      }
    }

    assertThat(given).contains("TALLY_MYSQL_PASSWORD", "TALLY_MYSQL_URL", "TALLY_PARTITIONS");
    assertThat(read).containsAll(given);
  }

  @Test
  void podsHaveNoMoreRightsThanTheyNeed() {
    Map<String, JsonElement> pods = pods();
    assertThat(pods).containsOnlyKeys("chat-gateway", "chat-worker", "chat-api", "verify");
    pods.forEach(
        (name, pod) -> {
          assertThat(at(pod, "automountServiceAccountToken")).as(name).isEqualTo(yaml("false"));
          // A Service's name must not add variables that begin with TALLY_.
          assertThat(at(pod, "enableServiceLinks")).as(name).isEqualTo(yaml("false"));
          assertThat(at(pod, "securityContext"))
              .as(name)
              .isEqualTo(
                  yaml(
                      """
                      runAsNonRoot: true
                      runAsUser: 10001
                      runAsGroup: 10001
                      seccompProfile: {type: RuntimeDefault}
                      """));
          assertThat(list(at(pod, "containers"))).as(name).hasSize(1);
          JsonElement container = at(pod, "containers", "0");
          assertThat(at(container, "securityContext"))
              .as(name)
              .isEqualTo(
                  yaml(
                      """
                      allowPrivilegeEscalation: false
                      readOnlyRootFilesystem: true
                      capabilities: {drop: [ALL]}
                      """));
          assertThat(at(container, "volumeMounts"))
              .as(name)
              .isEqualTo(yaml("[{name: tmp, mountPath: /tmp}]"));
          JsonElement resources = at(container, "resources");
          assertThat(at(resources, "requests", "cpu").isJsonNull()).as(name).isFalse();
          assertThat(at(resources, "limits", "memory").isJsonNull()).as(name).isFalse();
          assertThat(at(resources, "limits", "memory"))
              .as(name)
              .isEqualTo(at(resources, "requests", "memory"));
        });
  }

  @Test
  void everyServiceHasProbesAndTimeToStop() {
    Document compose = Document.of(Repository.ROOT.resolve("docker-compose.yml"));
    for (Document deployment : all("Deployment")) {
      String name = deployment.name();
      JsonElement pod = deployment.at("spec", "template", "spec");
      JsonElement container = at(pod, "containers", "0");
      assertThat(list(at(container, "ports"))).as(name).contains(yaml(MANAGEMENT_PORT));
      assertThat(at(container, "startupProbe", "httpGet")).as(name).isEqualTo(probe("liveness"));
      assertThat(at(container, "livenessProbe", "httpGet")).as(name).isEqualTo(probe("liveness"));
      assertThat(at(container, "readinessProbe", "httpGet")).as(name).isEqualTo(probe("readiness"));

      JsonElement preStop = at(container, "lifecycle", "preStop", "sleep", "seconds");
      String patience = compose.text("services", name, "stop_grace_period").replace("s", "");
      assertThat(at(pod, "terminationGracePeriodSeconds").getAsInt())
          .as(name)
          .isGreaterThanOrEqualTo(
              Integer.parseInt(patience) + (preStop.isJsonNull() ? 0 : preStop.getAsInt()));
    }
  }

  private static JsonElement probe(String group) {
    return yaml("{path: /actuator/health/%s, port: management}".formatted(group));
  }

  @Test
  void everySelectorMatches() {
    Map<String, Document> deployments =
        all("Deployment").stream().collect(Collectors.toMap(Document::name, d -> d));
    deployments.forEach(
        (name, deployment) -> {
          JsonElement labels = yaml("{%s: %s}".formatted(NAME, name));
          assertThat(deployment.at("spec", "template", "metadata", "labels")).isEqualTo(labels);
          assertThat(deployment.at("spec", "selector", "matchLabels")).isEqualTo(labels);
          assertThat(list(deployment.at("spec", "template", "spec", "topologySpreadConstraints")))
              .hasSize(2)
              .allSatisfy(
                  spread ->
                      assertThat(at(spread, "labelSelector", "matchLabels")).isEqualTo(labels));
        });
    assertThat(deployments).containsOnlyKeys("chat-gateway", "chat-worker", "chat-api");
    assertThat(names("PodDisruptionBudget")).isEqualTo(deployments.keySet());
    for (Document budget : all("PodDisruptionBudget")) {
      assertThat(budget.text("spec", "selector", "matchLabels", NAME)).isEqualTo(budget.name());
    }
    assertThat(names("Service")).containsExactlyInAnyOrder("chat-gateway", "chat-api");
    for (Document service : all("Service")) {
      assertThat(service.text("spec", "selector", NAME)).isEqualTo(service.name());
      Document target = deployment(service.name());
      assertThat(target.at("spec", "template", "spec", "containers", "0", "ports", "0"))
          .isEqualTo(
              yaml(
                  "{name: %s, containerPort: %s}"
                      .formatted(
                          service.text("spec", "ports", "0", "targetPort"),
                          service.text("spec", "ports", "0", "port"))));
    }
  }

  @Test
  void autoscaledDeploymentsHaveNoReplicas() {
    List<Document> scalers = all("HorizontalPodAutoscaler");
    assertThat(scalers).hasSize(2);
    for (Document scaler : scalers) {
      assertThat(scaler.text("spec", "scaleTargetRef", "name")).isEqualTo(scaler.name());
      // Otherwise each "apply" would undo the work of the autoscaler.
      assertThat(deployment(scaler.name()).at("spec", "replicas").isJsonNull()).isTrue();
    }
    Document base = Document.of(KUBERNETES.resolve("base/kustomization.yml"));
    Document workers =
        Document.of(KUBERNETES.resolve("components/worker-autoscaling/scaled-object.yml"));
    assertThat(workers.text("spec", "scaleTargetRef", "name")).isEqualTo("chat-worker");
    assertThat(list(at(base.at("configMapGenerator"), "0", "literals")))
        .contains(yaml("TALLY_PARTITIONS=" + workers.text("spec", "maxReplicaCount")));
  }

  private Document deployment(String name) {
    return all("Deployment").stream()
        .filter(deployment -> deployment.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private List<Document> all(String kind) {
    return documents.stream().filter(document -> document.kind().equals(kind)).toList();
  }

  private Set<String> names(String kind) {
    return all(kind).stream().map(Document::name).collect(Collectors.toSet());
  }

  /** The specifications of all pods, by the name of their Deployment or CronJob. */
  private Map<String, JsonElement> pods() {
    Map<String, JsonElement> pods = new TreeMap<>();
    for (Document deployment : all("Deployment")) {
      pods.put(deployment.name(), deployment.at("spec", "template", "spec"));
    }
    for (Document job : all("CronJob")) {
      pods.put(job.name(), job.at("spec", "jobTemplate", "spec", "template", "spec"));
    }
    return pods;
  }
}
