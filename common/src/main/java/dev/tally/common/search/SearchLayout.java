package dev.tally.common.search;

/** The versions of the search index's documents. */
public final class SearchLayout {

  /**
   * The version that this code writes and searches. In version 1, documents were named by the ids
   * of rows. The field {@code digest} came with version 2, so no search of one version finds a
   * document of the other, and no index of one version takes one.
   */
  public static final int VERSION = 2;

  private SearchLayout() {}
}
