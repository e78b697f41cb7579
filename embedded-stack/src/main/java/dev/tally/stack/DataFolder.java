package dev.tally.stack;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A data folder that one stack has locked. The lock ends with {@link #close} or with the process.
 */
final class DataFolder implements AutoCloseable {

  /**
   * The folders that this JVM has locked. A second channel to a lock file would be harmful: when it
   * closes, even by garbage collection, the JVM loses its lock.
   */
  private static final Set<Path> held = new HashSet<>();

  private final Path path;
  private final FileChannel channel;

  private DataFolder(Path path, FileChannel channel) {
    this.path = path;
    this.channel = channel;
  }

  /**
   * Locks a folder, and creates it if it does not exist.
   *
   * @throws StackException if another stack has locked it
   */
  static DataFolder take(Path wanted) {
    synchronized (held) {
      try {
        Path path = Files.createDirectories(wanted).toRealPath();
        if (held.contains(path)) {
          throw taken(wanted, Long.toString(ProcessHandle.current().pid()));
        }
        Path file = path.resolve("lock");
        FileChannel channel =
            FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        @Nullable FileLock lock = channel.tryLock();
        if (lock == null) {
          channel.close();
          throw taken(wanted, Files.readString(file).strip());
        }
        channel.truncate(0);
        channel.write(
            ByteBuffer.wrap(
                (ProcessHandle.current().pid() + "\n").getBytes(StandardCharsets.US_ASCII)));
        held.add(path);
        return new DataFolder(path, channel);
      } catch (IOException e) {
        throw new StackException(
            "the data folder %s could not be opened: %s".formatted(wanted, e), e);
      }
    }
  }

  private static StackException taken(Path folder, String pid) {
    return new StackException(
        "the data folder %s is in use by the servers of process %s. Stop that process, or choose another folder."
            .formatted(folder, pid));
  }

  Path path() {
    return path;
  }

  /** Unlocks the folder. A second call changes nothing. */
  @Override
  public void close() {
    synchronized (held) {
      if (!channel.isOpen()) {
        return;
      }
      held.remove(path);
      try {
        channel.close();
      } catch (IOException e) {
        throw new StackException("the data folder %s could not be unlocked".formatted(path), e);
      }
    }
  }
}
