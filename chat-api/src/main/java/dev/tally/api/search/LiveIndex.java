package dev.tally.api.search;

import dev.tally.common.search.SearchLayout;
import java.util.List;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/** The index that searches go to, as the workers record it. */
@Component
class LiveIndex {

  private static final String LAYOUT =
      """
      SELECT layout FROM search_indexes WHERE role = 'LIVE'""";

  private final JdbcTemplate jdbc;
  private volatile boolean wasFit;

  LiveIndex(JdbcTemplate jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * Whether its documents are of an older version than those that this API finds, so that a search
   * would find none. Workers replace such an index, so this asks MySQL only until it is not.
   */
  boolean isOutdated() {
    if (wasFit) {
      return false;
    }
    List<Integer> layouts = jdbc.query(LAYOUT, (row, _) -> row.getInt(1));
    wasFit = layouts.stream().anyMatch(layout -> layout >= SearchLayout.OLDEST_USABLE);
    return !wasFit && !layouts.isEmpty();
  }
}
