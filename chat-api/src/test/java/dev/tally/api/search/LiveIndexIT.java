package dev.tally.api.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tally.common.search.SearchLayout;
import dev.tally.testkit.http.Http;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Searches go to the index that is live, whichever that is, if they know how to ask it. */
class LiveIndexIT {

  private static final int SWAPS = 20;
  private static final int SEARCHERS = 4;

  private static SearchedIndexes indexes;

  private String live = "";

  @BeforeAll
  static void start() {
    indexes = new SearchedIndexes();
  }

  @AfterAll
  static void stop() {
    indexes.close();
  }

  @BeforeEach
  void searchALiveIndex() throws IOException {
    indexes.clear();
    live = indexes.create();
    indexes.makeLive(live);
    await().atMost(Duration.ofMinutes(1)).until(() -> indexes.search().status() == 200);
    assertFound(indexes.search());
  }

  /** The API has read the name of the old index a moment ago. */
  @Test
  void aSearchFollowsASwapWhoseOldIndexIsDeletedAtOnce() throws IOException {
    String next = indexes.create();

    indexes.makeLive(next);
    indexes.delete(live);

    assertFound(indexes.search());
  }

  @Test
  void noSearchFailsOrIsEmptyWhileIndexesAreSwapped() throws Exception {
    AtomicBoolean done = new AtomicBoolean();
    List<Future<Integer>> searchers = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < SEARCHERS; i++) {
        searchers.add(threads.submit(searcher(done)));
      }
      try {
        for (int i = 0; i < SWAPS; i++) {
          String next = indexes.create();
          indexes.makeLive(next);
          indexes.delete(live);
          live = next;
        }
      } finally {
        done.set(true);
      }
      for (Future<Integer> searches : searchers) {
        assertThat(result(searches)).isPositive();
      }
    }
  }

  private static Callable<Integer> searcher(AtomicBoolean done) {
    return () -> {
      int searches = 0;
      while (!done.get()) {
        assertFound(indexes.search());
        searches++;
      }
      return searches;
    };
  }

  private static int result(Future<Integer> searches) throws InterruptedException {
    try {
      return searches.get();
    } catch (ExecutionException e) {
      throw new AssertionError("a search while indexes are swapped", e.getCause());
    }
  }

  @Test
  void anIndexOfTheLayoutBeforeIsSearched() {
    indexes.makeLive(live, SearchLayout.OLDEST_USABLE);

    assertFound(indexes.search());
  }

  /** The index of another name is read at once, so no old reading is in the way. */
  @ParameterizedTest
  @ValueSource(ints = {SearchLayout.OLDEST_USABLE - 1, SearchLayout.VERSION + 1})
  void anIndexOfAnUnknownLayoutIsWaitedFor(int layout) throws IOException {
    String unknown = indexes.create();
    indexes.makeLive(unknown, layout);
    indexes.delete(live);

    Http.Answer answer = indexes.search().isProblem(503, "unavailable", "Service unavailable");

    assertThat(answer.header("Retry-After")).isPresent();
    indexes.makeLive(unknown);
    await().atMost(Duration.ofMinutes(1)).until(() -> indexes.search().status() == 200);
    assertFound(indexes.search());
  }

  @Test
  void withoutALiveIndexASearchFindsNothing() throws IOException {
    indexes.makeNoneLive();
    indexes.delete(live);

    assertThat(indexes.search().is(200).body()).isEqualTo("[]");
  }

  /** As while a worker creates a lost index again. */
  @Test
  void aSearchOfALostIndexFindsNothing() throws IOException {
    indexes.delete(live);

    assertThat(indexes.search().is(200).body()).isEqualTo("[]");
  }

  private static void assertFound(Http.Answer answer) {
    assertThat(answer.is(200).json().size()).isEqualTo(SearchedIndexes.COUNT);
  }
}
