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
 * Offers a node plugins that lie on the class path. A distribution unpacks each plugin in a folder
 * with a descriptor and gives it a class loader; here there is neither.
 *
 * <p>In this package because {@link PluginsLoader} and {@link PluginBundle} have package-private
 * constructors.
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
   * Makes a loader.
   *
   * @param noJars a folder without jars, which stands for the folder that each plugin would have
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
