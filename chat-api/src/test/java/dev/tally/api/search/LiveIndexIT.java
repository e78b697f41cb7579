package dev.tally.api.search;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tally.api.ChatApi;
import dev.tally.common.search.SearchLayout;
import dev.tally.testkit.TestServers;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.JdbcTemplate;

/** Searches go to an index whose documents they can find, and wait for another one otherwise. */
class LiveIndexIT {

  private static ConfigurableApplicationContext api;
  private static JdbcTemplate mysql;

  @BeforeAll
  static void start() {
    List<String> arguments = new ArrayList<>(TestServers.wiped().arguments());
    arguments.addAll(
        List.of("--server.port=0", "--server.address=127.0.0.1", "--logging.level.root=WARN"));
    api = ChatApi.start(arguments.toArray(String[]::new));
    mysql = api.getBean(JdbcTemplate.class);
  }

  @AfterAll
  static void stop() {
    api.close();
  }

  @BeforeEach
  void noIndex() {
    mysql.update("DELETE FROM search_indexes");
  }

  @ParameterizedTest
  @ValueSource(ints = {SearchLayout.OLDEST_USABLE, SearchLayout.VERSION, SearchLayout.VERSION + 1})
  void anIndexWithTheSameFieldsIsSearched(int layout) {
    add("LIVE", layout);

    assertThat(new LiveIndex(mysql).isOutdated()).isFalse();
  }

  @Test
  void anOlderIndexIsWaitedFor() {
    add("LIVE", SearchLayout.OLDEST_USABLE - 1);
    add("BUILDING", SearchLayout.VERSION);
    LiveIndex index = new LiveIndex(mysql);
    assertThat(index.isOutdated()).isTrue();

    mysql.update("DELETE FROM search_indexes WHERE role = 'LIVE'");
    mysql.update("UPDATE search_indexes SET role = 'LIVE'");

    assertThat(index.isOutdated()).isFalse();
  }

  @Test
  void withoutAnyIndexASearchFindsNothing() {
    assertThat(new LiveIndex(mysql).isOutdated()).isFalse();
  }

  private static void add(String role, int layout) {
    mysql.update(
        "INSERT INTO search_indexes (name, role, layout) VALUES (?, ?, ?)", role, role, layout);
  }
}
