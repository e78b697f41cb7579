package dev.tally.worker.index.lifecycle;

import dev.tally.common.search.SearchLayout;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** The registered indexes: those that must hold every message. */
@Component
public final class SearchIndexes {

  private static final String ALL =
      """
      SELECT name, role, index_uuid, layout FROM search_indexes ORDER BY name""";

  private static final String ADD =
      """
      INSERT INTO search_indexes (name, role, index_uuid, layout)
      VALUES (:name, :role, NULL, :layout)""";

  private static final String SET_INDEX_UUID =
      """
      UPDATE search_indexes SET index_uuid = :index_uuid WHERE name = :name""";

  private static final String SET_LAYOUT =
      """
      UPDATE search_indexes SET layout = :layout WHERE name = :name""";

  private static final String SET_ROLE =
      """
      UPDATE search_indexes SET role = :role WHERE name = :name""";

  private static final String REMOVE =
      """
      DELETE FROM search_indexes WHERE name = :name""";

  private final JdbcClient jdbc;

  SearchIndexes(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** What an index is for. */
  public enum Role {
    /** Answers searches. */
    LIVE,
    /** A reindex fills it. It will answer searches when it holds everything. */
    BUILDING
  }

  /**
   * An index that new messages go to.
   *
   * @param indexUuid the UUID of the index that all messages were sent to; null if none was sent
   *     yet
   * @param layout the version of its documents
   */
  public record Entry(String name, Role role, @Nullable String indexUuid, int layout) {

    /** Whether its documents are those that this version of Tally writes. */
    public boolean hasOurLayout() {
      return layout == SearchLayout.VERSION;
    }

    /** Whether a later version of Tally has created it. */
    public boolean isNewer() {
      return layout > SearchLayout.VERSION;
    }

    /** Whether it takes the documents that this version of Tally writes. */
    public boolean takesOurDocuments() {
      return layout >= SearchLayout.OLDEST_USABLE && !isNewer();
    }
  }

  public List<Entry> all() {
    return jdbc.sql(ALL)
        .query(
            (row, _) ->
                new Entry(
                    row.getString(1),
                    Role.valueOf(row.getString(2)),
                    row.getString(3),
                    row.getInt(4)))
        .list();
  }

  Optional<Entry> live() {
    return all().stream().filter(entry -> entry.role() == Role.LIVE).findFirst();
  }

  List<Entry> building() {
    return all().stream().filter(entry -> entry.role() == Role.BUILDING).toList();
  }

  void add(String name, Role role) {
    jdbc.sql(ADD)
        .param("name", name)
        .param("role", role.name())
        .param("layout", SearchLayout.VERSION)
        .update();
  }

  void setIndexUuid(String name, String indexUuid) {
    jdbc.sql(SET_INDEX_UUID).param("index_uuid", indexUuid).param("name", name).update();
  }

  /** Records that the index has the documents that this version of Tally writes. */
  void setOurLayout(String name) {
    jdbc.sql(SET_LAYOUT).param("layout", SearchLayout.VERSION).param("name", name).update();
  }

  void setLive(String name) {
    jdbc.sql(SET_ROLE).param("role", Role.LIVE.name()).param("name", name).update();
  }

  void remove(String name) {
    jdbc.sql(REMOVE).param("name", name).update();
  }
}
