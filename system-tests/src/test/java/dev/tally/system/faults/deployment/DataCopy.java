package dev.tally.system.faults.deployment;

import dev.tally.stack.Server;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * A copy of the data of a running server, which sets the server back to the moment of the copy.
 *
 * <pre>{@code
 * DataCopy copy = DataCopy.of(server);
 * server.kill();
 * copy.putBack();
 * server.start();
 * }</pre>
 */
public final class DataCopy {

  /** Writes that the server has handed to the kernel reach its files in this time. */
  private static final Duration SETTLING = Duration.ofMillis(100);

  private final Path data;
  private final Path copy;

  private DataCopy(Path data, Path copy) {
    this.data = data;
    this.copy = copy;
  }

  /**
   * Copies a server's data while the server is frozen, so that all files are of one moment. What
   * the server finds there is what a power failure would have left.
   */
  public static DataCopy of(Server server) throws InterruptedException {
    Path data = server.log().resolveSibling("data");
    DataCopy made = new DataCopy(data, data.resolveSibling("copy"));
    server.freeze();
    try {
      Thread.sleep(SETTLING);
      delete(made.copy);
      made.take();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      server.thaw();
    }
    return made;
  }

  private void take() throws IOException {
    List<Path> sources;
    try (Stream<Path> walk = Files.walk(data)) {
      sources = walk.toList();
    }
    for (Path source : sources) {
      Path target = copy.resolve(data.relativize(source));
      if (Files.isDirectory(source)) {
        Files.createDirectories(target);
      } else if (Files.isRegularFile(source)) {
        Files.copy(source, target);
      }
    }
  }

  /** Puts the copy in the place of the server's data, once. The server must not be running. */
  public void putBack() {
    try {
      delete(data);
      Files.move(copy, data);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> walk = Files.walk(folder)) {
      for (Path path : walk.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    } catch (NoSuchFileException e) {
      // There was none.
    }
  }
}
