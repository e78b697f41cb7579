package dev.tally.stack.node;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.elasticsearch.common.logging.LogConfigurator;
import org.elasticsearch.common.settings.Settings;
import org.elasticsearch.env.Environment;
import org.elasticsearch.node.InternalSettingsPreparer;
import org.elasticsearch.node.Node;
import org.elasticsearch.node.NodeValidationException;
import org.elasticsearch.plugins.ClassPathPluginsLoader;
import org.elasticsearch.transport.netty4.Netty4Plugin;

/** Runs a single Elasticsearch node until SIGTERM. Its REST interface listens on loopback. */
public final class ElasticsearchNode {

  private static final String NAME = "tally";

  private ElasticsearchNode() {}

  /**
   * Runs the node.
   *
   * @param args the node's folder and its HTTP port
   */
  public static void main(String[] args)
      throws IOException, NodeValidationException, InterruptedException {
    Path home = Path.of(args[0]).toAbsolutePath();
    Path config = Files.createDirectories(home.resolve("config"));
    Path noJars = Files.createDirectories(home.resolve("modules"));
    Settings settings =
        Settings.builder()
            .put("path.home", home.toString())
            .put("path.data", home.resolve("data").toString())
            .put("path.logs", home.resolve("logs").toString())
            .put("cluster.name", NAME)
            .put("node.name", NAME)
            .put("discovery.type", "single-node")
            .put("network.host", "127.0.0.1")
            .put("http.port", args[1])
            .put("transport.port", "0")
            // Indexing must go on when a developer's disk is nearly full.
            .put("cluster.routing.allocation.disk.threshold_enabled", false)
            // With the serial collector, a small heap is full of garbage most of the time. The
            // breaker would count the garbage as used memory.
            .put("indices.breaker.total.use_real_memory", false)
            .put("action.destructive_requires_name", true)
            .put("action.auto_create_index", false)
            .build();
    LogConfigurator.configureESLogging();
    LogConfigurator.setNodeName(NAME);
    Environment environment =
        InternalSettingsPreparer.prepareEnvironment(settings, Map.of(), config, () -> NAME);
    Node node =
        new Node(
            environment,
            ClassPathPluginsLoader.of(
                noJars, List.of(Netty4Plugin.class, CommonAnalysisPlugin.class)));
    CountDownLatch closed = new CountDownLatch(1);
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  close(node);
                  closed.countDown();
                }));
    node.start();
    closed.await();
  }

  private static void close(Node node) {
    try {
      node.prepareForClose();
      node.close();
      boolean _ = node.awaitClose(10, TimeUnit.SECONDS);
    } catch (IOException e) {
      System.err.println("the node did not close cleanly: " + e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
