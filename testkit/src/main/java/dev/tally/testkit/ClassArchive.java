package dev.tally.testkit;

import dev.tally.stack.ServerKind;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The classes that a Spring Boot program loads, in a file that the JVM maps. A start with it takes
 * 5 seconds of processor time instead of 8. Making it takes 16, so it is for a program that tests
 * start again and again.
 */
public final class ClassArchive {

  private static final Addresses NOWHERE =
      new Addresses(
          "jdbc:mysql://127.0.0.1:1/tally", "", "", "redis://127.0.0.1:1", "http://127.0.0.1:1");

  private ClassArchive() {}

  /**
   * Makes the archive of a program, which ends with this JVM.
   *
   * @param flags the flags that the program will have
   * @return these flags and the one that names the archive; the same flags if the class path has
   *     folders, as in an IDE, because the JVM archives classes of jars only
   */
  public static List<String> flags(List<String> flags, Class<?> main) {
    if (Arrays.stream(Service.classPath().split(File.pathSeparator))
        .anyMatch(entry -> new File(entry).isDirectory())) {
      return flags;
    }
    try {
      Path folder = Files.createTempDirectory("tally-classes");
      Path archive = folder.resolve(main.getSimpleName() + ".jsa");
      folder.toFile().deleteOnExit();
      archive.toFile().deleteOnExit();
      // This run needs no server, and must not find one.
      List<String> arguments = new ArrayList<>(List.of("--spring.flyway.enabled=false"));
      arguments.addAll(NOWHERE.arguments(List.of(ServerKind.values())));
      Services.run(
          Service.java(
              with(flags, "-XX:ArchiveClassesAtExit=" + archive, "-Dspring.context.exit=onRefresh"),
              main,
              arguments));
      return with(flags, "-XX:SharedArchiveFile=" + archive);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<String> with(List<String> flags, String... more) {
    List<String> all = new ArrayList<>(flags);
    all.addAll(List.of(more));
    return all;
  }
}
