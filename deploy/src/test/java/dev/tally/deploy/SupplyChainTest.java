package dev.tally.deploy;

import static dev.tally.deploy.Document.list;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What a build runs that is not in the repository is named so that it cannot change unnoticed. */
class SupplyChainTest {

  private static final Pattern USES = Pattern.compile("uses: *(.*)");
  private static final Pattern PINNED =
      Pattern.compile("[\\w-]+/[\\w./-]+@[0-9a-f]{40} # v\\d+\\.\\d+\\.\\d+");
  private static final Pattern IMAGE =
      Pattern.compile("(?:image: *|^FROM +|ghcr\\.io/)(\\S+)", Pattern.MULTILINE);

  @Test
  void mavenIsTheOneThatWasChecked() throws IOException {
    Properties wrapper = new Properties();
    try (var in =
        Files.newBufferedReader(Repository.ROOT.resolve(".mvn/wrapper/maven-wrapper.properties"))) {
      wrapper.load(in);
    }

    assertThat(wrapper.getProperty("distributionUrl")).startsWith("https://");
    assertThat(wrapper.getProperty("distributionSha256Sum")).matches("[0-9a-f]{64}");
    // Machines without unzip get another archive, and so have to check another sum.
    assertThat(wrapper.getProperty("distributionTarSha256Sum")).matches("[0-9a-f]{64}");
    assertThat(Files.readString(Repository.ROOT.resolve("mvnw")))
        .contains("distributionSha256Sum=${distributionTarSha256Sum-}");
    // This type of wrapper has no jar that would need a checksum, too.
    assertThat(wrapper.getProperty("distributionType")).isEqualTo("only-script");
    assertThat(Repository.ROOT.resolve(".mvn/wrapper/maven-wrapper.jar")).doesNotExist();
  }

  @Test
  void everyActionIsACommit() {
    List<String> actions =
        workflows().stream()
            .flatMap(file -> USES.matcher(Repository.read(file)).results())
            .map(use -> use.group(1).strip())
            .toList();

    assertThat(actions).isNotEmpty().allSatisfy(action -> assertThat(action).matches(PINNED));
  }

  @Test
  void everyImageHasAVersion() {
    Set<String> images = new TreeSet<>();
    Stream.concat(
            workflows().stream(),
            files(Repository.ROOT)
                .filter(
                    file -> file.getFileName().toString().matches("docker-compose.*|Dockerfile")))
        .flatMap(file -> IMAGE.matcher(Repository.read(file)).results())
        .map((MatchResult image) -> image.group(1))
        // Our own images, and earlier stages of a Dockerfile.
        .filter(image -> image.contains(":") && !image.startsWith("tally/"))
        .forEach(images::add);

    assertThat(images)
        .anyMatch(image -> image.startsWith("mysql:"))
        .anyMatch(image -> image.startsWith("eclipse-temurin:"))
        .allSatisfy(
            image -> assertThat(image).matches("[^:]+:v?\\d[\\w.-]*(@sha256:[0-9a-f]{64})?"));
  }

  @Test
  void whatIsPinnedIsUpdated() {
    Document dependabot = Document.of(Repository.ROOT.resolve(".github/dependabot.yml"));

    assertThat(list(dependabot.at("updates")))
        .extracting(update -> Document.at(update, "package-ecosystem"))
        .extracting(JsonElement::getAsString)
        .contains("maven", "docker", "docker-compose", "github-actions");
  }

  private static List<Path> workflows() {
    return Repository.files(Repository.ROOT.resolve(".github/workflows"), ".yml");
  }

  private static Stream<Path> files(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      return files.toList().stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
