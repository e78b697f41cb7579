package dev.tally.stack;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** An Elasticsearch node from its Maven artifacts, in a JVM of its own. */
final class Elasticsearch implements Program {

  private static final HttpClient HTTP =
      HttpClient.newBuilder().connectTimeout(Duration.ofMillis(500)).build();

  @Override
  public void prepare(Path folder) throws IOException {
    // A killed node leaves its unpacked native libraries there.
    Binaries.delete(folder.resolve("tmp"));
    Files.createDirectories(folder.resolve("tmp"));
  }

  @Override
  public List<String> command(Path folder, int port) throws IOException {
    return List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-Xms512m",
        "-Xmx512m",
        "-XX:+UseSerialGC",
        // Halves the processor time of a start. The C2 compiler would not pay off: searches are
        // small here.
        "-XX:TieredStopAtLevel=1",
        "-XX:+ExitOnOutOfMemoryError",
        "--enable-native-access=ALL-UNNAMED",
        "-Djava.io.tmpdir=" + folder.resolve("tmp"),
        "-Dlog4j2.configurationFile=classpath:dev/tally/stack/node/log4j2.properties",
        "-Dlog4j2.disable.jmx=true",
        "-Dlog4j.shutdownHookEnabled=false",
        "-cp",
        Binaries.ownClasses() + ":" + classPath(),
        "dev.tally.stack.node.ElasticsearchNode",
        folder.toString(),
        Integer.toString(port));
  }

  /** The paths of the node's jars in the local Maven repository; the build writes them. */
  private static String classPath() throws IOException {
    try (InputStream in = Elasticsearch.class.getResourceAsStream("node/class-path")) {
      if (in == null) {
        throw new StackException(
            "the class path of the Elasticsearch node is missing. Build embedded-stack again.");
      }
      String paths = new String(in.readAllBytes(), StandardCharsets.UTF_8).strip();
      for (String path : paths.split(":", -1)) {
        if (!Files.exists(Path.of(path))) {
          throw new StackException(
              "the Elasticsearch node needs %s, which no longer exists. Build embedded-stack again."
                  .formatted(path));
        }
      }
      return paths;
    }
  }

  @Override
  public boolean answers(int port) {
    HttpRequest request =
        HttpRequest.newBuilder(
                URI.create(url(port) + "/_cluster/health?wait_for_status=yellow&timeout=500ms"))
            .timeout(Duration.ofSeconds(1))
            .build();
    try {
      return HTTP.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  @Override
  public String url(int port) {
    return "http://127.0.0.1:" + port;
  }
}
