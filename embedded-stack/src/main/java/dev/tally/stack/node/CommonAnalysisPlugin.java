package dev.tally.stack.node;

import java.io.Reader;
import java.util.Map;
import java.util.regex.Pattern;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.miscellaneous.ASCIIFoldingFilter;
import org.apache.lucene.analysis.pattern.PatternReplaceCharFilter;
import org.elasticsearch.common.regex.Regex;
import org.elasticsearch.common.settings.Settings;
import org.elasticsearch.env.Environment;
import org.elasticsearch.index.IndexSettings;
import org.elasticsearch.index.analysis.AbstractTokenFilterFactory;
import org.elasticsearch.index.analysis.CharFilterFactory;
import org.elasticsearch.index.analysis.NormalizingCharFilterFactory;
import org.elasticsearch.index.analysis.NormalizingTokenFilterFactory;
import org.elasticsearch.index.analysis.TokenFilterFactory;
import org.elasticsearch.indices.analysis.AnalysisModule.AnalysisProvider;
import org.elasticsearch.plugins.AnalysisPlugin;
import org.elasticsearch.plugins.Plugin;

/**
 * Provides the token filter {@code asciifolding} and the character filter {@code pattern_replace},
 * with the same names and settings as in every Elasticsearch distribution. There the module
 * analysis-common provides them, which is not published as a Maven artifact.
 */
public final class CommonAnalysisPlugin extends Plugin implements AnalysisPlugin {

  @Override
  public Map<String, AnalysisProvider<TokenFilterFactory>> getTokenFilters() {
    return Map.of("asciifolding", AsciiFolding::of);
  }

  @Override
  public Map<String, AnalysisProvider<CharFilterFactory>> getCharFilters() {
    return Map.of("pattern_replace", AnalysisPlugin.requiresAnalysisSettings(PatternReplace::of));
  }

  private static final class AsciiFolding extends AbstractTokenFilterFactory
      implements NormalizingTokenFilterFactory {

    private final boolean preserveOriginal;

    private AsciiFolding(String name, boolean preserveOriginal) {
      super(name);
      this.preserveOriginal = preserveOriginal;
    }

    static TokenFilterFactory of(
        IndexSettings index, Environment environment, String name, Settings settings) {
      return new AsciiFolding(name, settings.getAsBoolean("preserve_original", false));
    }

    @Override
    public TokenStream create(TokenStream tokens) {
      return new ASCIIFoldingFilter(tokens, preserveOriginal);
    }

    /** Never keeps the original: a normalizer must return one token for each token. */
    @Override
    public TokenStream normalize(TokenStream tokens) {
      return new ASCIIFoldingFilter(tokens);
    }
  }

  private record PatternReplace(String name, Pattern pattern, String replacement)
      implements NormalizingCharFilterFactory {

    static CharFilterFactory of(
        IndexSettings index, Environment environment, String name, Settings settings) {
      String pattern = settings.get("pattern");
      if (pattern == null || pattern.isEmpty()) {
        throw new IllegalArgumentException(
            "pattern is missing for [" + name + "] char filter of type 'pattern_replace'");
      }
      return new PatternReplace(
          name, Regex.compile(pattern, settings.get("flags")), settings.get("replacement", ""));
    }

    @Override
    public Reader create(Reader reader) {
      return new PatternReplaceCharFilter(pattern, replacement, reader);
    }
  }
}
