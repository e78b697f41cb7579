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

/** A data folder that belongs to one stack until it is closed, or its process is gone. */
final class DataFolder implements AutoCloseable {

  /**
   * Those of this JVM. The lock file of one of them must not even be opened again: closing it, as
   * the garbage collector would, gives up the lock that the JVM has on it.
   */
  private static final Set<Path> held = new HashSet<>();

  private final Path path;
  private final FileChannel channel;

  private DataFolder(Path path, FileChannel channel) {
    this.path = path;
    this.channel = channel;
  }

  /**
   * Takes a folder, made if it is not there.
   *
   * @throws StackException if another stack has it
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
        throw new StackException("the data folder %s cannot be used: %s".formatted(wanted, e), e);
      }
    }
  }

  private static StackException taken(Path folder, String pid) {
    return new StackException(
        "the data folder %s belongs to a stack that is running, of process %s. Stop that one, or choose another folder."
            .formatted(folder, pid));
  }

  Path path() {
    return path;
  }

  /** Gives the folder free. Done again it changes nothing. */
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
        throw new StackException("the lock of the data folder %s is stuck".formatted(path), e);
      }
    }
  }
}
