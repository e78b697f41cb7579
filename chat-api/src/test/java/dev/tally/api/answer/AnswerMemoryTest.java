package dev.tally.api.answer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tally.common.web.problem.ProblemException;
import dev.tally.common.web.problem.ProblemType;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class AnswerMemoryTest {

  private static final long LIMIT = 10_000_000;
  private static final long PAGE = 1_000_000;

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final AnswerMemory memory = new AnswerMemory(LIMIT, meters);

  @Test
  void answersTakeMemoryUntilTheyAreClosed() {
    try (Answer one = new Answer(memory, "a")) {
      assertThat(gauge("tally.answers.bytes")).isEqualTo(16_384);
      one.add(new byte[10_000]);
      assertThat(gauge("tally.answers.bytes")).isEqualTo(16_384);
      one.add(new byte[10_000]);
      assertThat(one.length()).isEqualTo(20_000);
      assertThat(gauge("tally.answers.bytes")).isBetween(20_000.0, 20_100.0);
    }

    assertThat(gauge("tally.answers.bytes")).isZero();
    assertThat(gauge("tally.answers.bytes.limit")).isEqualTo(LIMIT);
  }

  @Test
  void anAppIsRefusedBeforeTheLastTenth() {
    memory.take("a", 9 * PAGE);

    assertRefused("a", PAGE);

    assertThat(memory.held()).isEqualTo(9 * PAGE);
    assertThat(meters.get("tally.answers.refused").counter().count()).isEqualTo(1);
    memory.free("a", PAGE);
    memory.take("a", PAGE);
  }

  @Test
  void theLastTenthIsForAppsThatHoldLittle() {
    memory.take("a", 9 * PAGE);

    memory.take("b", 600_000);
    memory.take("", 300_000);

    assertRefused("c", 200_000);
    memory.free("b", 600_000);
    memory.take("c", 200_000);
  }

  @Test
  void anAnswerThatIsRefusedGivesBackWhatItTook() {
    memory.take("b", 8 * PAGE);
    List<Answer> answers = new ArrayList<>();

    try (Answer answer = new Answer(memory, "a")) {
      answers.add(answer);
      assertThatThrownBy(
              () -> {
                while (true) {
                  answer.add(new byte[400_000]);
                }
              })
          .isInstanceOf(ProblemException.class);
      assertThat(answer.length()).isPositive();
    }

    assertThat(memory.held()).isEqualTo(8 * PAGE);
    answers.forEach(Answer::close);
    assertThat(memory.held()).as("closing twice").isEqualTo(8 * PAGE);
  }

  @Test
  void aLimitThatIsTooLowToWorkWithIsRefused() {
    assertThatThrownBy(() -> new AnswerMemory(4_000_000, meters))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("TALLY_ANSWER_MEMORY_SHARE leaves answers 4,000,000 bytes");
  }

  private void assertRefused(String app, long bytes) {
    assertThatThrownBy(() -> memory.take(app, bytes))
        .isInstanceOfSatisfying(
            ProblemException.class,
            problem -> {
              assertThat(problem.type()).isEqualTo(ProblemType.UNAVAILABLE);
              assertThat(problem.retryAfter()).isEqualTo(Duration.ofSeconds(2));
            });
  }

  private double gauge(String name) {
    return meters.get(name).gauge().value();
  }
}
