package dev.tally.worker.verify;

import dev.tally.common.identity.AppToken;
import dev.tally.common.search.AppDigest;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Finds the ids of apps by their digests. It holds all apps: some 150 bytes for each. */
final class AppsByDigest {

  private static final String APPS_AFTER =
      """
      SELECT id, token FROM apps WHERE id > :after ORDER BY id LIMIT :limit""";

  private static final int PAGE = 1_000;

  private final JdbcClient jdbc;
  private final Map<String, Long> ids = new HashMap<>();
  private long last;

  AppsByDigest(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  private record App(long id, AppToken token) {}

  /** The id of the app with this digest, also if the app was created since the last call. */
  Optional<Long> id(String digest) {
    if (!ids.containsKey(digest)) {
      readNew();
    }
    return Optional.ofNullable(ids.get(digest));
  }

  private void readNew() {
    while (true) {
      List<App> page =
          jdbc.sql(APPS_AFTER)
              .param("after", last)
              .param("limit", PAGE)
              .query((row, _) -> new App(row.getLong(1), new AppToken(row.getString(2))))
              .list();
      if (page.isEmpty()) {
        return;
      }
      page.forEach(app -> ids.put(AppDigest.of(app.token()).value(), app.id()));
      last = page.getLast().id();
    }
  }
}
