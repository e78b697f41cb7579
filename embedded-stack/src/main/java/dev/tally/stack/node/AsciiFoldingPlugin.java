package dev.tally.stack.node;

import java.util.Map;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.miscellaneous.ASCIIFoldingFilter;
import org.elasticsearch.common.settings.Settings;
import org.elasticsearch.env.Environment;
import org.elasticsearch.index.IndexSettings;
import org.elasticsearch.index.analysis.AbstractTokenFilterFactory;
import org.elasticsearch.index.analysis.TokenFilterFactory;
import org.elasticsearch.indices.analysis.AnalysisModule.AnalysisProvider;
import org.elasticsearch.plugins.AnalysisPlugin;
import org.elasticsearch.plugins.Plugin;

/**
 * The token filter {@code asciifolding}, under the name that it has in every Elasticsearch
 * distribution. There it comes with the module analysis-common, which is not published as a Maven
 * artifact.
 */
public final class AsciiFoldingPlugin extends Plugin implements AnalysisPlugin {

  @Override
  public Map<String, AnalysisProvider<TokenFilterFactory>> getTokenFilters() {
    return Map.of("asciifolding", Factory::new);
  }

  private static final class Factory extends AbstractTokenFilterFactory {

    Factory(IndexSettings index, Environment environment, String name, Settings settings) {
      super(name);
    }

    @Override
    public TokenStream create(TokenStream tokens) {
      return new ASCIIFoldingFilter(tokens);
    }
  }
}
