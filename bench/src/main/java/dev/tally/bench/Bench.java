package dev.tally.bench;

import ch.qos.logback.classic.Level;
import dev.tally.bench.accept.AcceptSection;
import dev.tally.bench.accept.BatchSection;
import dev.tally.bench.drain.DrainSection;
import dev.tally.bench.growth.GrowthSection;
import dev.tally.bench.lag.LagSection;
import dev.tally.bench.read.ReadSection;
import dev.tally.bench.report.Machine;
import dev.tally.bench.report.Table;
import dev.tally.bench.scaleout.ScaleOutSection;
import dev.tally.bench.search.SearchSection;
import dev.tally.bench.section.Scale;
import dev.tally.bench.section.Section;
import dev.tally.bench.section.Setting;
import dev.tally.testkit.Servers;
import dev.tally.testkit.Services;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs benchmarks, and prints and saves a table of results. See the module's README. */
public final class Bench {

  private static final List<Section> SECTIONS =
      List.of(
          new AcceptSection(),
          new BatchSection(),
          new DrainSection(),
          new ReadSection(),
          new SearchSection(),
          new LagSection(),
          new GrowthSection(),
          new ScaleOutSection());

  private Bench() {}

  /**
   * Runs sections.
   *
   * @param args {@code --quick}, {@code --large} and names of sections; without a name, all run
   */
  public static void main(String[] args) throws IOException {
    List<String> wanted = new ArrayList<>(List.of(args));
    boolean quick = wanted.remove("--quick");
    boolean large = wanted.remove("--large");
    Scale scale = large ? Scale.LARGE : quick ? Scale.QUICK : Scale.FULL;
    List<String> unknown = new ArrayList<>(wanted);
    SECTIONS.forEach(section -> unknown.remove(section.name()));
    if (!unknown.isEmpty()) {
      System.err.printf(
          "usage: bench/run [--quick] [--large] [SECTION…]%nsections: %s%n",
          SECTIONS.stream().map(Section::name).collect(Collectors.joining(" ")));
      System.exit(2);
    }
    // Log lines would interrupt the table.
    ((ch.qos.logback.classic.Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME))
        .setLevel(Level.WARN);
    java.util.logging.Logger.getLogger("dev.tally.stack").setLevel(java.util.logging.Level.WARNING);
    Path folder = Path.of("bench", "target", "run");
    List<String> head = new ArrayList<>(List.of("# Benchmarks", ""));
    head.add("`bench/run %s`, %s".formatted(String.join(" ", args), now()));
    head.add("");
    head.addAll(Machine.describe());
    Servers servers = Servers.start(folder.resolve("servers"));
    Runtime.getRuntime().addShutdownHook(new Thread(servers::close, "stop"));
    head.add("- " + servers.versions());
    head.forEach(System.out::println);
    Table table = new Table();
    Setting setting =
        new Setting(servers, new Services(servers, folder.resolve("services")), scale);
    for (Section section : SECTIONS) {
      if (wanted.isEmpty() || wanted.contains(section.name())) {
        long begin = System.nanoTime();
        servers.wipe();
        section.run(setting, table);
        table.note(
            "%s took %d s"
                .formatted(
                    section.name(), Duration.ofNanos(System.nanoTime() - begin).toSeconds()));
        save(head, table);
      }
    }
    System.exit(0);
  }

  private static Instant now() {
    return Instant.now().truncatedTo(ChronoUnit.SECONDS);
  }

  /** Saves the results so far. An interrupted run keeps those of the finished sections. */
  private static void save(List<String> head, Table table) throws IOException {
    Path report = Path.of("bench", "target", "report.md");
    Files.writeString(report, String.join("\n", head) + "\n\n" + table.markdown());
    System.out.println("saved to " + report);
  }
}
