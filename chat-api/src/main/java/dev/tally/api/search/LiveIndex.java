package dev.tally.api.search;

import dev.tally.common.log.LoggedFault;
import dev.tally.common.log.RepeatedWarning;
import dev.tally.common.search.SearchLayout;
import dev.tally.common.web.problem.ProblemException;
import dev.tally.common.web.problem.ProblemType;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.dao.DataAccessException;
import org.springframework.data.elasticsearch.NoSuchIndexException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/**
 * The index that searches go to, as the workers record it in MySQL.
 *
 * <p>Searches ask it by its name, and not by an alias: name and layout come from one row, and an
 * index keeps its layout. An alias could lead to an index of another layout by the time that it is
 * asked, and a search in the wrong layout may find nothing without an error.
 */
@Component
class LiveIndex {

  private static final String LIVE =
      """
      SELECT name, layout FROM search_indexes WHERE role = 'LIVE'""";

  /**
   * How long MySQL is not asked again. A search that asks the index of before misses what was
   * indexed since it was replaced.
   */
  private static final Duration FRESH = Duration.ofSeconds(1);

  private static final Logger log = LoggerFactory.getLogger(LiveIndex.class);

  private final RepeatedWarning newer = new RepeatedWarning(log);
  private final RepeatedWarning down = new RepeatedWarning(log);
  private final Supplier<List<Live>> recorded;
  private final LongSupplier nanoTime;

  private volatile @Nullable Reading last;

  @Autowired
  LiveIndex(JdbcTemplate jdbc) {
    this(
        () -> jdbc.query(LIVE, (row, _) -> new Live(row.getString(1), row.getInt(2))),
        System::nanoTime);
  }

  LiveIndex(Supplier<List<Live>> recorded, LongSupplier nanoTime) {
    this.recorded = recorded;
    this.nanoTime = nanoTime;
  }

  /** An index, and its layout. */
  record Live(String name, int layout) {}

  private record Reading(Live live, long at) {}

  /**
   * Asks the live index. A worker deletes the index of before as soon as it is replaced. So if the
   * question fails and another index is live by now, that one is asked, once.
   *
   * @param question asks an index by its name, in its layout
   * @throws NoSuchIndexException if no index is recorded, or the one that is does not exist
   * @throws ProblemException 503 if this API does not know the layout, or MySQL does not answer
   * @throws DataAccessException as the question does
   */
  <T> T ask(Function<Live, T> question) {
    Live live = known(current());
    try {
      return question.apply(live);
    } catch (DataAccessException e) {
      Live now = known(read());
      if (now.equals(live)) {
        throw e;
      }
      return question.apply(now);
    }
  }

  private @Nullable Live current() {
    Reading reading = last;
    return reading != null && nanoTime.getAsLong() - reading.at() < FRESH.toNanos()
        ? reading.live()
        : read();
  }

  private @Nullable Live read() {
    long now = nanoTime.getAsLong();
    try {
      Live live = recorded.get().stream().findFirst().orElse(null);
      last = live == null ? null : new Reading(live, now);
      return live;
    } catch (DataAccessException e) {
      down.warn(() -> "MySQL does not say which search index is live: " + LoggedFault.line(e));
      throw unavailable("MySQL does not answer: search again.", Duration.ofSeconds(1));
    }
  }

  private Live known(@Nullable Live live) {
    if (live == null) {
      throw new NoSuchIndexException("tally-messages");
    }
    if (live.layout() < SearchLayout.OLDEST_USABLE) {
      throw unavailable(
          "The search index is built anew after an upgrade: search again later.",
          Duration.ofSeconds(10));
    }
    if (!SearchLayout.isKnown(live.layout())) {
      newer.warn(
          () ->
              "the search index has layout %d, and this API knows layouts up to %d: upgrade the API"
                  .formatted(live.layout(), SearchLayout.VERSION));
      throw unavailable(
          "The search index is of a later version than this server: search again later.",
          Duration.ofSeconds(10));
    }
    return live;
  }

  private static ProblemException unavailable(String detail, Duration retryAfter) {
    return ProblemException.retryable(ProblemType.UNAVAILABLE, detail, retryAfter);
  }
}
