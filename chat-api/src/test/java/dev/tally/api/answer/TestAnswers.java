package dev.tally.api.answer;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import tools.jackson.databind.json.JsonMapper;

/** Answers with a memory of their own, for tests of what fills them. */
public final class TestAnswers {

  private TestAnswers() {}

  /** Answers that may take this many bytes, 4 MiB at least. */
  public static Answers of(long limit) {
    SimpleMeterRegistry meters = new SimpleMeterRegistry();
    return new Answers(new AnswerMemory(limit, meters), JsonMapper.shared(), meters);
  }
}
