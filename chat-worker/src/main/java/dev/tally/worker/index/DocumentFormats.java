package dev.tally.worker.index;

import dev.tally.common.search.SearchLayout;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.springframework.stereotype.Component;

/**
 * The layouts of search indexes that this worker knows, each with its format. The worker creates
 * indexes of the newest one, and feeds each index with documents of that index's own layout.
 */
@Component
public final class DocumentFormats {

  private final NavigableMap<Integer, DocumentFormat> formats;

  DocumentFormats() {
    this(
        Map.of(
            SearchLayout.OLDEST_USABLE, DocumentFormat.V3,
            SearchLayout.VERSION, DocumentFormat.V3));
  }

  /** The formats of a worker of another version. */
  DocumentFormats(Map<Integer, DocumentFormat> formats) {
    this.formats = new TreeMap<>(formats);
  }

  /** The layout of the indexes that this worker creates. */
  public int newest() {
    return formats.lastKey();
  }

  /** Whether this worker can feed an index of a layout. */
  public boolean isKnown(int layout) {
    return formats.containsKey(layout);
  }

  /**
   * The format of a layout.
   *
   * @throws IllegalArgumentException if this worker does not know the layout
   */
  DocumentFormat of(int layout) {
    DocumentFormat format = formats.get(layout);
    if (format == null) {
      throw new IllegalArgumentException("no format of layout " + layout + " is known");
    }
    return format;
  }
}
