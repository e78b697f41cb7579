package dev.tally.common.search;

/**
 * The layouts of the search index: the versions of its fields and of their analysis. MySQL records
 * the layout of each index ({@code search_indexes.layout}), and an index keeps its layout.
 */
public final class SearchLayout {

  /**
   * The layout of the indexes that this code creates.
   *
   * <ol>
   *   <li>Documents were named by the ids of rows.
   *   <li>Documents are named by digests, in the field {@code digest}. So no search of version 1
   *       finds a document of a later one, or the other way around, and no index of one takes a
   *       document of the other.
   *   <li>The version that Elasticsearch keeps of each document is its message's revision, and not
   *       its own count of writes.
   * </ol>
   */
  public static final int VERSION = 3;

  /**
   * The oldest layout that this code reads and writes, until a worker has replaced its index. Names
   * and fields are those of layout 3.
   */
  public static final int OLDEST_USABLE = 2;

  /** The first layout whose documents have the revisions of their messages as versions. */
  public static final int FIRST_WITH_REVISIONS = 3;

  private SearchLayout() {}

  /**
   * Whether this code can ask an index of a layout. A later layout may have other fields, so a
   * search of it could find too little, and nobody would notice.
   */
  public static boolean isKnown(int layout) {
    return layout >= OLDEST_USABLE && layout <= VERSION;
  }
}
