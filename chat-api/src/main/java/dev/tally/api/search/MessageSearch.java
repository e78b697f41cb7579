package dev.tally.api.search;

import co.elastic.clients.elasticsearch.core.SearchResponse;
import dev.tally.api.message.Messages;
import dev.tally.api.page.PageBody;
import dev.tally.api.search.bound.BoundedSearch;
import dev.tally.api.search.bound.SearchTurns;
import dev.tally.common.identity.ChatName;
import dev.tally.common.log.RepeatedWarning;
import dev.tally.common.search.SearchFault;
import dev.tally.common.web.problem.ProblemException;
import dev.tally.common.web.problem.ProblemType;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.data.elasticsearch.NoSuchIndexException;
import org.springframework.stereotype.Component;

/**
 * Searches messages in Elasticsearch. It learns of a deletion later than MySQL, so hits are shown
 * only if MySQL has them.
 */
@Component
class MessageSearch {

  private static final Logger log = LoggerFactory.getLogger(MessageSearch.class);

  /**
   * How many hits the first request of a page asks for. Elasticsearch reads and marks all hits of a
   * request, also those that are too long for the page, and has others wait meanwhile.
   */
  private static final int FIRST_SLICE = 51;

  private static final int SMALLEST_SLICE = 10;

  /** After a faster request, the next one asks for twice as many hits, otherwise for half. */
  private static final Duration FAST = Duration.ofMillis(100);

  /** After this time, a page ends with the hits that it has. */
  private static final Duration LONGEST_SEARCH = Duration.ofSeconds(2);

  private final RepeatedWarning down = new RepeatedWarning(log);
  private final BoundedSearch elasticsearch;
  private final SearchTurns turns;
  private final LiveIndex index;
  private final Messages messages;
  private final Timer latency;

  MessageSearch(
      BoundedSearch elasticsearch,
      SearchTurns turns,
      LiveIndex index,
      Messages messages,
      MeterRegistry meters) {
    this.elasticsearch = elasticsearch;
    this.turns = turns;
    this.index = index;
    this.messages = messages;
    this.latency =
        Timer.builder("tally.search.latency").publishPercentileHistogram().register(meters);
  }

  /** The fields of a document that a search reads. */
  record Document(long number, String body) {}

  /**
   * Finds the messages of a chat that have all words. Words match with typos only if no message
   * matches without. The first page decides that, and cursors carry it to the next pages: a message
   * that is written meanwhile does not take a page's hits away.
   *
   * @param after the cursor of the page; null for the first page
   * @param body takes the hits, at most {@code limit}
   * @throws ProblemException 503 if Elasticsearch does not answer, or has an index that this API
   *     does not know how to ask, or other searches take too long; 429 if the app's own do
   */
  void search(
      ChatName chat,
      SearchWords words,
      SearchOrder order,
      @Nullable SearchCursor after,
      int limit,
      PageBody<Hit> body) {
    if (words.words().isEmpty()) {
      return;
    }
    long begin = System.nanoTime();
    try (SearchTurns.Turn _ = turns.take(chat.app())) {
      find(chat, words, order, after, limit, body);
    } catch (NoSuchIndexException e) {
      // No worker has created the index yet, so no message is indexed: the page stays empty.
    } finally {
      latency.record(Duration.ofNanos(System.nanoTime() - begin));
    }
  }

  private void find(
      ChatName chat,
      SearchWords words,
      SearchOrder order,
      @Nullable SearchCursor after,
      int limit,
      PageBody<Hit> body) {
    long end = System.nanoTime() + LONGEST_SEARCH.toNanos();
    SearchCursor last = after;
    boolean typos = after != null && after.typos();
    int slice = FIRST_SLICE;
    boolean hasLeftOut = false;
    // One hit more than the page has means that another page follows.
    for (int left = limit + 1; left > 0; ) {
      long begin = System.nanoTime();
      // One at a time would not lead past many that are left out.
      int size = Math.min(hasLeftOut ? Math.max(left, FIRST_SLICE) : left, slice);
      Optional<SearchResponse<Document>> found = ask(chat, words, order, typos, last, size);
      if (found.isEmpty()) {
        slice = BoundedSearch.fewer(size);
        if (slice >= size) {
          throw unavailable();
        }
        continue;
      }
      if (found.get().timedOut()) {
        throw unavailable();
      }
      List<Hit> hits = hits(found.get(), order, typos);
      Set<Long> there = messages.there(chat, hits.stream().map(Hit::number).toList());
      for (Hit hit : hits) {
        if (there.contains(hit.number())) {
          if (!body.add(hit)) {
            return;
          }
          left--;
        } else {
          hasLeftOut = true;
        }
        last = hit.cursor();
      }
      if (found.get().hits().hits().size() < size) {
        if (after != null || typos || !body.isEmpty() || !words.mayHaveTypos()) {
          return;
        }
        // The page shows no message so far, so none matches better than one with a typo.
        typos = true;
        last = null;
        continue;
      }
      if (System.nanoTime() > end) {
        body.continuesAfter(hits.getLast());
        return;
      }
      boolean isFast = System.nanoTime() - begin < FAST.toNanos();
      slice = isFast ? size * 2 : Math.max(SMALLEST_SLICE, size / 2);
    }
  }

  private Optional<SearchResponse<Document>> ask(
      ChatName chat,
      SearchWords words,
      SearchOrder order,
      boolean typos,
      @Nullable SearchCursor last,
      int size) {
    try {
      // The layouts that this API knows are asked in the same way.
      return index.ask(
          live ->
              elasticsearch.ask(
                  SearchQuery.request(live.name(), chat, words, order, typos, last, size),
                  Document.class));
    } catch (NoSuchIndexException e) {
      throw e;
    } catch (DataAccessException e) {
      down.warn(() -> "Elasticsearch did not answer a search: " + SearchFault.line(e));
      throw unavailable();
    }
  }

  private static ProblemException unavailable() {
    return ProblemException.retryable(
        ProblemType.UNAVAILABLE,
        "Elasticsearch does not answer: search again.",
        Duration.ofSeconds(1));
  }

  private static List<Hit> hits(
      SearchResponse<Document> response, SearchOrder order, boolean typos) {
    List<Hit> hits = new ArrayList<>();
    for (var hit : response.hits().hits()) {
      Document document = hit.source();
      if (document == null) {
        continue;
      }
      List<String> highlights = hit.highlight().getOrDefault("body", List.of());
      hits.add(
          new Hit(
              document.number(),
              document.body(),
              highlights.isEmpty() ? null : String.join(" … ", highlights),
              SearchQuery.cursor(order, typos, hit.sort())));
    }
    return hits;
  }
}
