package dev.tally.bench;

import ch.qos.logback.classic.Level;
import dev.tally.bench.compare.Comparison;
import dev.tally.bench.report.Table;
import dev.tally.bench.section.AcceptSection;
import dev.tally.bench.section.DrainSection;
import dev.tally.bench.section.FairnessSection;
import dev.tally.bench.section.GrowthSection;
import dev.tally.bench.section.LagSection;
import dev.tally.bench.section.ReadSection;
import dev.tally.bench.section.SearchSection;
import dev.tally.bench.system.Run;
import dev.tally.bench.system.Scale;
import dev.tally.testkit.Servers;
import dev.tally.testkit.Services;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs benchmarks, and prints and saves a table of results. See the module's README. */
public final class Bench {

  private record Section(String name, Consumer<Run> measurement) {}

  private static final List<Section> SECTIONS =
      List.of(
          new Section("accept", AcceptSection::accept),
          new Section("batch", AcceptSection::batch),
          new Section("drain", DrainSection::drain),
          new Section("read", ReadSection::read),
          new Section("search", SearchSection::search),
          new Section("lag", LagSection::lag),
          new Section("fairness", FairnessSection::fairness),
          new Section("growth", GrowthSection::growth));
  private static final Path TARGET = Path.of("bench", "target");
  private static final Path RUN = TARGET.resolve("run");

  private Bench() {}

  /**
   * Runs sections, or compares revisions. The system property {@code bench.against} names the
   * folder with the built sources of the other revision.
   *
   * @param args see {@link Options}
   */
  public static void main(String[] args) throws IOException {
    // Log lines would interrupt the table.
    ((ch.qos.logback.classic.Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME))
        .setLevel(Level.WARN);
    java.util.logging.Logger.getLogger("dev.tally.stack").setLevel(java.util.logging.Level.WARNING);
    Options options = options(args);
    if (options.against().isPresent()) {
      compare(options, args);
    } else {
      measure(options, args);
    }
    System.exit(0);
  }

  private static Options options(String[] args) {
    try {
      Options options = Options.parse(args);
      options.requireSections(
          options.against().isPresent()
              ? Comparison.SECTIONS
              : SECTIONS.stream().map(Section::name).toList());
      return options;
    } catch (IllegalArgumentException e) {
      System.err.printf("bench/run: %s%n%s%n", e.getMessage(), Options.USAGE);
      System.exit(2);
      throw e;
    }
  }

  private static void measure(Options options, String[] args) throws IOException {
    Scale scale = options.quick() ? Scale.QUICK : Scale.FULL;
    Servers servers = stoppedAtExit(Servers.start(RUN.resolve("servers")));
    String head = head(args, servers);
    Table table = new Table();
    Run run = new Run(servers, new Services(servers, RUN.resolve("services")), scale, table);
    for (Section section : SECTIONS) {
      if (options.sections().isEmpty() || options.sections().contains(section.name())) {
        long begin = System.nanoTime();
        servers.wipe();
        section.measurement().accept(run);
        Duration took = Duration.ofNanos(System.nanoTime() - begin);
        table.note("%s took %d s".formatted(section.name(), took.toSeconds()));
        // An interrupted run keeps the results of the finished sections.
        save("report.md", head, table.markdown());
      }
    }
  }

  private static void compare(Options options, String[] args) throws IOException {
    Comparison comparison =
        new Comparison(
            options.quick() ? 4_000 : 10_000,
            options.pairs(),
            options.sections().isEmpty() ? Comparison.SECTIONS : options.sections(),
            options.limit());
    Path other = Path.of(System.getProperty("bench.against", ""));
    Services before = services("other", other);
    Services now = services("present", Path.of(""));
    String head = head(args, now.servers());
    List<String> lines = comparison.run(before, now);
    lines.forEach(System.out::println);
    save("comparison.md", head, String.join("\n", lines) + "\n");
  }

  private static Services services(String name, Path checkout) {
    Servers servers = stoppedAtExit(Servers.embedded(RUN.resolve(name + "-servers")));
    return new Services(servers, RUN.resolve(name), checkout);
  }

  private static Servers stoppedAtExit(Servers servers) {
    Runtime.getRuntime().addShutdownHook(new Thread(servers::close, "stop"));
    return servers;
  }

  private static String head(String[] args, Servers servers) {
    String head =
        """
        # Benchmarks

        `bench/run %s`, %s

        %s
        - JDK %s; %s
        """
            .formatted(
                String.join(" ", args),
                Instant.now().truncatedTo(ChronoUnit.SECONDS),
                System.getProperty("bench.machine", "- unknown machine"),
                Runtime.version(),
                servers.versions());
    System.out.print(head);
    return head;
  }

  private static void save(String name, String head, String table) throws IOException {
    Path report = TARGET.resolve(name);
    Files.writeString(report, head + "\n" + table);
    System.out.println("saved to " + report);
  }
}
