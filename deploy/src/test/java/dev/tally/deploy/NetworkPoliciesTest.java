package dev.tally.deploy;

import static dev.tally.deploy.Document.at;
import static dev.tally.deploy.Document.list;
import static dev.tally.deploy.Document.yaml;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** The connections that pods may take and open in the example. */
class NetworkPoliciesTest {

  private static final Set<String> PODS =
      Set.of("chat-gateway", "chat-worker", "chat-api", "verify");

  private final List<Document> policies =
      Document.in(Repository.ROOT.resolve("deploy/kubernetes")).stream()
          .filter(document -> document.kind().equals("NetworkPolicy"))
          .toList();

  @Test
  void noConnectionIsAllowedFromOrToAnywhere() {
    for (Document policy : policies) {
      for (String direction : List.of("ingress", "egress")) {
        String peers = direction.equals("ingress") ? "from" : "to";
        for (JsonElement rule : list(policy.at("spec", direction))) {
          assertThat(list(at(rule, "ports"))).as(policy.name()).isNotEmpty();
          assertThat(list(at(rule, peers)))
              .as(policy.name())
              .isNotEmpty()
              .allSatisfy(
                  peer ->
                      assertThat(
                              at(peer, "ipBlock").isJsonNull()
                                  ? at(peer, "podSelector").toString()
                                  : at(peer, "ipBlock", "cidr").getAsString())
                          .isNotIn("null", "{}", "0.0.0.0/0", "::/0"));
        }
      }
    }
    for (String name : PODS) {
      // A pod is closed in a direction only if a policy selects it for that direction.
      assertThat(policies)
          .as(name)
          .anySatisfy(
              policy -> {
                assertThat(policy.at("spec", "policyTypes")).isEqualTo(yaml("[Ingress, Egress]"));
                assertThat(selected(policy)).contains(name);
              });
    }
  }

  /** Every server whose URL the example has, at the port of that URL. */
  @Test
  void theServersOfTheExampleCanBeReached() {
    Set<String> ports = new TreeSet<>();
    for (Document policy : policies) {
      for (JsonElement rule : list(policy.at("spec", "egress"))) {
        for (JsonElement port : list(at(rule, "ports"))) {
          for (String pod : selected(policy)) {
            ports.add(pod + ":" + at(port, "port").getAsString());
          }
        }
      }
    }

    for (String pod : PODS) {
      assertThat(ports).contains(pod + ":53", pod + ":3306", pod + ":6380");
      assertThat(ports.contains(pod + ":9200")).as(pod).isEqualTo(!pod.equals("chat-gateway"));
    }
  }

  private static List<String> selected(Document policy) {
    JsonElement selector = policy.at("spec", "podSelector", "matchExpressions", "0");
    assertThat(at(selector, "operator")).isEqualTo(yaml("In"));
    assertThat(at(selector, "key")).isEqualTo(yaml("app.kubernetes.io/name"));
    return list(at(selector, "values")).stream().map(JsonElement::getAsString).toList();
  }
}
