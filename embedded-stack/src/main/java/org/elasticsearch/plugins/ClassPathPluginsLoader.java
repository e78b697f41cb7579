package org.elasticsearch.plugins;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.elasticsearch.Build;

/**
 * Loads a node's plugins from the class path. A distribution instead unpacks each plugin into a
 * folder with a descriptor, and gives it its own class loader.
 *
 * <p>This class is in Elasticsearch's package because the constructors of {@link PluginsLoader} and
 * {@link PluginBundle} are package-private.
 */
public final class ClassPathPluginsLoader extends PluginsLoader {

  private record Layer(
      PluginBundle pluginBundle, ClassLoader pluginClassLoader, ModuleLayer pluginModuleLayer)
      implements PluginLayer {}

  private final List<PluginLayer> layers;

  private ClassPathPluginsLoader(Set<PluginBundle> bundles, List<PluginLayer> layers) {
    super(bundles, Set.of(), Map.of());
    this.layers = layers;
  }

  /**
   * Creates a loader.
   *
   * @param noJars a folder without jars, which serves as the folder of each plugin
   */
  public static PluginsLoader of(Path noJars, List<Class<? extends Plugin>> plugins)
      throws IOException {
    Set<PluginBundle> bundles = new LinkedHashSet<>();
    List<PluginLayer> layers = new ArrayList<>();
    String version = Build.current().version();
    for (Class<? extends Plugin> plugin : plugins) {
      PluginDescriptor descriptor =
          new PluginDescriptor(
              plugin.getSimpleName(),
              "on the class path",
              version,
              version,
              Integer.toString(Runtime.version().feature()),
              plugin.getName(),
              null,
              List.of(),
              false,
              false,
              false,
              false);
      PluginBundle bundle = new PluginBundle(descriptor, noJars);
      bundles.add(bundle);
      layers.add(new Layer(bundle, plugin.getClassLoader(), ModuleLayer.boot()));
    }
    return new ClassPathPluginsLoader(bundles, layers);
  }

  @Override
  public Stream<PluginLayer> pluginLayers() {
    return layers.stream();
  }
}
