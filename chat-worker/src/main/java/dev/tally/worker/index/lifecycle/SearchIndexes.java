package dev.tally.worker.index.lifecycle;

import dev.tally.common.search.SearchLayout;
import dev.tally.worker.index.DocumentFormats;
import dev.tally.worker.index.DocumentWriter;
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

  private static final String SET_ROLE =
      """
      UPDATE search_indexes SET role = :role WHERE name = :name""";

  private static final String REMOVE =
      """
      DELETE FROM search_indexes WHERE name = :name""";

  private final JdbcClient jdbc;
  private final DocumentFormats formats;

  SearchIndexes(JdbcClient jdbc, DocumentFormats formats) {
    this.jdbc = jdbc;
    this.formats = formats;
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
   * @param layout its layout, which it keeps: an index of another layout has another name
   */
  public record Entry(String name, Role role, @Nullable String indexUuid, int layout) {

    /** The index, as documents are sent to it. */
    public DocumentWriter.Target target() {
      return new DocumentWriter.Target(name, layout);
    }

    /** Whether a document's version is its message's revision. */
    public boolean hasRevisions() {
      return layout >= SearchLayout.FIRST_WITH_REVISIONS;
    }
  }

  /** Whether this version of Tally can feed an index, with documents of the index's layout. */
  public boolean isKnown(Entry entry) {
    return formats.isKnown(entry.layout());
  }

  /** Whether a later version of Tally has created an index. */
  public boolean isNewer(Entry entry) {
    return entry.layout() > formats.newest();
  }

  /** Whether an index has the layout of an earlier version of Tally. */
  boolean isOlder(Entry entry) {
    return entry.layout() < formats.newest();
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

  /** Registers an index that this version of Tally creates. */
  Entry add(String name, Role role) {
    Entry entry = new Entry(name, role, null, formats.newest());
    jdbc.sql(ADD)
        .param("name", name)
        .param("role", role.name())
        .param("layout", entry.layout())
        .update();
    return entry;
  }

  void setIndexUuid(String name, String indexUuid) {
    jdbc.sql(SET_INDEX_UUID).param("index_uuid", indexUuid).param("name", name).update();
  }

  void setLive(String name) {
    jdbc.sql(SET_ROLE).param("role", Role.LIVE.name()).param("name", name).update();
  }

  /** Removes an index, and returns whether it was registered. */
  boolean remove(String name) {
    return jdbc.sql(REMOVE).param("name", name).update() > 0;
  }
}
