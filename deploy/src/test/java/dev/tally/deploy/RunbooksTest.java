package dev.tally.deploy;

import static dev.tally.deploy.Document.at;
import static dev.tally.deploy.Document.list;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Every alert has a runbook. */
class RunbooksTest {

  private static final Path RULES =
      Repository.ROOT.resolve("deploy/observability/prometheus/rules");
  private static final String DOCUMENT = "docs/operating.md";
  private static final Pattern RUNBOOK =
      Pattern.compile("^### (Tally\\w+)\\n(.*?)(?=^##|\\z)", Pattern.MULTILINE | Pattern.DOTALL);

  @Test
  void everyAlertHasARunbookAndEveryRunbookAnAlert() {
    List<String> alerts = new ArrayList<>();
    for (Document rules : Document.in(RULES)) {
      for (JsonElement group : list(rules.at("groups"))) {
        for (JsonElement rule : list(at(group, "rules"))) {
          String alert = at(rule, "alert").getAsString();
          assertThat(at(rule, "annotations", "runbook").getAsString())
              .isEqualTo(DOCUMENT + "#" + alert.toLowerCase(Locale.ROOT));
          alerts.add(alert);
        }
      }
    }

    List<MatchResult> runbooks =
        RUNBOOK.matcher(Repository.read(Repository.ROOT.resolve(DOCUMENT))).results().toList();
    assertThat(runbooks)
        .allSatisfy(
            runbook ->
                assertThat(runbook.group(2))
                    .as(runbook.group(1))
                    .contains("**Meaning.** ", "**Look at.** ", "**Do.** "));
    assertThat(alerts).isNotEmpty();
    assertThat(runbooks).extracting(runbook -> runbook.group(1)).containsExactlyElementsOf(alerts);
  }
}
