package dev.tally.common.search;

/** The versions of the search index's documents. */
public final class SearchLayout {

  /**
   * The version of the indexes that this code creates.
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
   * The oldest version whose documents have the same names and fields. Until its index is replaced,
   * searches find them, and it takes documents of the present version.
   */
  public static final int OLDEST_USABLE = 2;

  private SearchLayout() {}
}
