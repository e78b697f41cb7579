package dev.tally.local;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each obstacle gets a message that names it and says what to do. */
class PreflightTest {

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({"Mac OS X,aarch64", "Linux,aarch64", "Windows 11,amd64"})
  void aPlatformWithoutEmbeddedServersGetsAlternatives(String system, String architecture) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Preflight.requirePlatform(system, architecture))
        .withMessageContaining("Linux on x86-64")
        .withMessageContaining(system + " on " + architecture)
        .withMessageContaining("docker compose up")
        .withMessageContaining("TALLY_MYSQL_URL");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Preflight.requireGlibc(false))
        .withMessageContaining("glibc");
  }

  @Test
  void externalServersNeedNoPlatform() {
    Map<String, String> environment =
        Map.of(
            "TALLY_MYSQL_URL", "jdbc:mysql://db/tally",
            "TALLY_REDIS_URL", "redis://redis",
            "TALLY_ELASTICSEARCH_URL", "http://search:9200",
            "TALLY_API_PORT", "0",
            "TALLY_GATEWAY_PORT", "0",
            "TALLY_WORKER_PORT", "0",
            "PATH", "");

    assertThatCode(() -> Preflight.check(LocalOptions.of(environment, folder)))
        .doesNotThrowAnyException();
  }

  @Test
  void missingProgramsAreNamed() throws Exception {
    Path sh = Files.createFile(folder.resolve("sh"));
    Files.setPosixFilePermissions(sh, PosixFilePermissions.fromString("rwx------"));

    assertThatIllegalArgumentException()
        .isThrownBy(() -> Preflight.requirePrograms("/nowhere::" + folder))
        .withMessageStartingWith("setsid, flock, kill not found on the PATH")
        .withMessageContaining("util-linux");
    assertThatCode(() -> Preflight.requirePrograms(System.getenv("PATH")))
        .doesNotThrowAnyException();
  }

  @Test
  void aFolderThatCannotBeWrittenToIsNamed() throws Exception {
    // Even root cannot create a folder below a file.
    Path data = Files.createFile(folder.resolve("file")).resolve("data");

    assertThatIllegalArgumentException()
        .isThrownBy(() -> Preflight.requireWritable(data))
        .withMessageContaining(data.toString())
        .withMessageContaining("TALLY_LOCAL_DATA");
  }

  @Test
  void aFullDiskIsFoundBeforeAServerFails() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Preflight.requireSpace(folder, 12))
        .withMessageContaining("12 MB are free")
        .withMessageContaining("Make room")
        .withMessageContaining("TALLY_LOCAL_DATA");
    assertThatCode(() -> Preflight.requireSpace(folder, 5_000)).doesNotThrowAnyException();
  }

  @Test
  void theProcessThatUsesAPortIsNamed() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      int port = taken.getLocalPort();
      assertThatIllegalArgumentException()
          .isThrownBy(() -> Preflight.requireFree("TALLY_API_PORT", "chat-api", port))
          .withMessageContaining("port " + port)
          .withMessageContaining("by process " + ProcessHandle.current().pid() + " (java)")
          .withMessageContaining("set TALLY_API_PORT to another port");
    }
    assertThatCode(() -> Preflight.requireFree("TALLY_API_PORT", "chat-api", 0))
        .doesNotThrowAnyException();
  }
}
