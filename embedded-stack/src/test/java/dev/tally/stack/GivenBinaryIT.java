package dev.tally.stack;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The stack runs the binaries that the environment names. */
class GivenBinaryIT {

  @TempDir Path folder;

  @Test
  void aScriptCanStandInForRedis() throws Exception {
    Path data = folder.resolve("data");
    Path script = folder.resolve("redis");
    String redis = new Redis().command(folder, 1).getFirst();
    Files.writeString(script, "#!/bin/sh\n: >started\nexec '%s' \"$@\"\n".formatted(redis));
    Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));

    try (StackProcess parent =
        StackProcess.start(
            data,
            Map.of(ServerKind.REDIS, 0),
            Map.of("TALLY_STACK_REDIS_SERVER", script.toString()))) {
      assertThat(parent.answer()).isEqualTo("up");
      assertThat(data.resolve("redis/started")).exists();
      parent.interruptGroup();
    }
    assertThat(Processes.of(data)).isEmpty();
  }

  @Test
  void aBinaryThatDoesNotExistIsNamed() throws Exception {
    try (StackProcess parent =
        StackProcess.start(
            folder.resolve("data"),
            Map.of(ServerKind.MARIADB, 0),
            Map.of("TALLY_STACK_MYSQLD", "/no/mysqld"))) {
      assertThat(parent.answer())
          .isEqualTo("TALLY_STACK_MYSQLD names /no/mysqld, which is not an executable file");
    }
  }
}
