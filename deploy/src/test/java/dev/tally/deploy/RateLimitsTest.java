package dev.tally.deploy;

import static dev.tally.deploy.Document.at;
import static dev.tally.deploy.Document.list;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What is deployed for others to reach has rate limits. */
class RateLimitsTest {

  private static final String ADDRESS = "TALLY_RATE_LIMIT_ADDRESS_PER_SECOND";
  private static final String APP = "TALLY_RATE_LIMIT_PER_SECOND";
  private static final String NEW_APPS = "TALLY_RATE_LIMIT_NEW_APPS_PER_HOUR";

  /** In a Compose file, a setting may be replaced, and has a default. */
  private static final Pattern DEFAULT = Pattern.compile("\\$\\{(\\w+):-(\\d+)}");

  @Test
  void theProductionFileOfComposeSetsThem() {
    Document compose = Document.of(Repository.ROOT.resolve("docker-compose.production.yml"));

    assertThat(defaults(compose, "chat-gateway"))
        .containsAllEntriesOf(Map.of(ADDRESS, 100, APP, 200));
    assertThat(defaults(compose, "chat-api"))
        .containsAllEntriesOf(Map.of(ADDRESS, 100, NEW_APPS, 100));
  }

  private static Map<String, Integer> defaults(Document compose, String service) {
    JsonObject environment = compose.at("services", service, "environment").getAsJsonObject();
    Map<String, Integer> defaults = new TreeMap<>();
    environment
        .entrySet()
        .forEach(
            setting -> {
              Matcher value = DEFAULT.matcher(setting.getValue().getAsString());
              if (value.matches() && value.group(1).equals(setting.getKey())) {
                defaults.put(setting.getKey(), Integer.valueOf(value.group(2)));
              }
            });
    return defaults;
  }

  @Test
  void theManifestsSetThem() {
    Document base =
        Document.of(Repository.ROOT.resolve("deploy/kubernetes/base/kustomization.yml"));
    Map<String, String> settings = new TreeMap<>();
    for (JsonElement literal :
        list(at(list(base.at("configMapGenerator")).getFirst(), "literals"))) {
      String[] setting = literal.getAsString().split("=", 2);
      settings.put(setting[0], setting[1]);
    }

    assertThat(settings).containsKeys(ADDRESS, APP, NEW_APPS);
    for (String limit : Set.of(ADDRESS, APP, NEW_APPS)) {
      assertThat(Integer.parseInt(settings.get(limit))).as(limit).isPositive();
    }
  }
}
