package dev.tally.worker.index.lifecycle;

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
      SELECT name, role, index_uuid FROM search_indexes ORDER BY name""";

  private static final String ADD =
      """
      INSERT INTO search_indexes (name, role, index_uuid) VALUES (:name, :role, NULL)""";

  private static final String SET_INDEX_UUID =
      """
      UPDATE search_indexes SET index_uuid = :index_uuid WHERE name = :name""";

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
   */
  public record Entry(String name, Role role, @Nullable String indexUuid) {}

  public List<Entry> all() {
    return jdbc.sql(ALL)
        .query(
            (row, _) ->
                new Entry(row.getString(1), Role.valueOf(row.getString(2)), row.getString(3)))
        .list();
  }

  Optional<Entry> live() {
    return all().stream().filter(entry -> entry.role() == Role.LIVE).findFirst();
  }

  List<Entry> building() {
    return all().stream().filter(entry -> entry.role() == Role.BUILDING).toList();
  }

  void add(String name, Role role) {
    jdbc.sql(ADD).param("name", name).param("role", role.name()).update();
  }

  void setIndexUuid(String name, String indexUuid) {
    jdbc.sql(SET_INDEX_UUID).param("index_uuid", indexUuid).param("name", name).update();
  }

  void setLive(String name) {
    jdbc.sql(SET_ROLE).param("role", Role.LIVE.name()).param("name", name).update();
  }

  void remove(String name) {
    jdbc.sql(REMOVE).param("name", name).update();
  }
}
