package dev.tally.api.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tally.api.search.LiveIndex.Live;
import dev.tally.common.search.SearchLayout;
import dev.tally.common.web.problem.ProblemException;
import dev.tally.common.web.problem.ProblemType;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.TransientDataAccessResourceException;
import org.springframework.data.elasticsearch.NoSuchIndexException;

class LiveIndexTest {

  private static final long SECOND = 1_000_000_000;
  private static final Live OLD = new Live("old", SearchLayout.OLDEST_USABLE);
  private static final Live NEW = new Live("new", SearchLayout.VERSION);

  private final List<Live> asked = new ArrayList<>();
  private List<Live> recorded = List.of(OLD);
  private int reads;
  private long now;

  private final LiveIndex index =
      new LiveIndex(
          () -> {
            reads++;
            return recorded;
          },
          () -> now);

  @Test
  void aSearchAsksTheIndexThatIsRecorded() {
    assertThat(index.ask(this::answer)).isEqualTo("hits of old");

    recorded = List.of(NEW);
    now += SECOND;

    assertThat(index.ask(this::answer)).isEqualTo("hits of new");
  }

  @Test
  void mySqlIsAskedOnceASecond() {
    index.ask(this::answer);
    now += SECOND - 1;
    index.ask(this::answer);
    assertThat(reads).isEqualTo(1);

    now++;
    index.ask(this::answer);
    assertThat(reads).isEqualTo(2);
  }

  @Test
  void whereNoIndexIsLiveThereIsNone() {
    recorded = List.of();

    assertThatThrownBy(() -> index.ask(this::answer)).isInstanceOf(NoSuchIndexException.class);

    assertThat(asked).isEmpty();
    recorded = List.of(NEW);
    assertThat(index.ask(this::answer)).as("at once").isEqualTo("hits of new");
  }

  @Test
  void anIndexThatIsGoneSendsASearchToTheOneThatReplacedIt() {
    index.ask(this::answer);
    recorded = List.of(NEW);

    assertThat(index.ask(failing(OLD, new NoSuchIndexException("old")))).isEqualTo("hits of new");
    assertThat(index.ask(this::answer)).as("from now on").isEqualTo("hits of new");
    assertThat(reads).isEqualTo(2);
  }

  /** An index that is deleted while it is asked may fail in other ways. */
  @Test
  void anIndexThatFailsSendsASearchToTheOneThatReplacedIt() {
    index.ask(this::answer);
    recorded = List.of(NEW);
    DataAccessException fault = new TransientDataAccessResourceException("all shards failed");

    assertThat(index.ask(failing(OLD, fault))).isEqualTo("hits of new");
  }

  @Test
  void aFaultOfTheLiveIndexIsTheAnswer() {
    DataAccessException fault = new DataAccessResourceFailureException("away");

    assertThatThrownBy(() -> index.ask(failing(OLD, fault))).isSameAs(fault);

    assertThat(asked).containsExactly(OLD);
  }

  @Test
  void aSearchAsksTwoIndexesAtMost() {
    index.ask(this::answer);
    asked.clear();
    Function<Live, String> gone =
        live -> {
          asked.add(live);
          recorded = List.of(new Live("after " + live.name(), SearchLayout.VERSION));
          throw new NoSuchIndexException(live.name());
        };

    assertThatThrownBy(() -> index.ask(gone)).isInstanceOf(NoSuchIndexException.class);

    assertThat(asked).containsExactly(OLD, new Live("after old", SearchLayout.VERSION));
  }

  @ParameterizedTest
  @CsvSource({"1, is built anew after an upgrade", "4, is of a later version than this server"})
  void anIndexOfAnUnknownLayoutIsNotAsked(int layout, String why) {
    recorded = List.of(new Live("unknown", layout));
    assertUnavailable(this::answer, why);
    assertThat(asked).isEmpty();

    recorded = List.of(NEW);
    now += SECOND;
    assertThat(index.ask(this::answer)).isEqualTo("hits of new");
  }

  @Test
  void anIndexOfAnUnknownLayoutIsNotAskedInPlaceOfOneThatIsGone() {
    index.ask(this::answer);
    asked.clear();
    recorded = List.of(new Live("unknown", SearchLayout.VERSION + 1));

    assertUnavailable(failing(OLD, new NoSuchIndexException("old")), "is of a later version");

    assertThat(asked).containsExactly(OLD);
  }

  @Test
  void aMySqlThatIsAwayIsNoFaultOfElasticsearch() {
    LiveIndex unread =
        new LiveIndex(
            () -> {
              throw new DataAccessResourceFailureException("away");
            },
            () -> now);

    assertThatThrownBy(() -> unread.ask(this::answer))
        .isInstanceOf(ProblemException.class)
        .hasMessageContaining("MySQL");
  }

  private void assertUnavailable(Function<Live, String> question, String why) {
    assertThatThrownBy(() -> index.ask(question))
        .isInstanceOfSatisfying(
            ProblemException.class,
            problem -> {
              assertThat(problem.type()).isEqualTo(ProblemType.UNAVAILABLE);
              assertThat(problem.retryAfter()).isNotNull();
              assertThat(problem.detail()).contains(why);
            });
  }

  private String answer(Live live) {
    asked.add(live);
    return "hits of " + live.name();
  }

  private Function<Live, String> failing(Live failed, DataAccessException fault) {
    return live -> {
      String hits = answer(live);
      if (live.equals(failed)) {
        throw fault;
      }
      return hits;
    };
  }
}
