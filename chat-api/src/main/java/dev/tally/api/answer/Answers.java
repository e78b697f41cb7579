package dev.tally.api.answer;

import dev.tally.common.identity.AppToken;
import dev.tally.common.metrics.EnumCounter;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/** Makes answers in JSON that count against {@link AnswerMemory}, and sends them. */
@Component
public final class Answers {

  private final AnswerMemory memory;
  private final JsonMapper json;
  private final EnumCounter<Cut> cut;

  Answers(AnswerMemory memory, JsonMapper json, MeterRegistry meters) {
    this.memory = memory;
    this.json = json;
    this.cut =
        new EnumCounter<>(
            meters,
            "tally.answers.cut",
            "Answers that their clients did not read to the end, by cause",
            "by",
            Cut.class,
            cause -> cause.tag);
  }

  private enum Cut {
    CLIENT("client"),
    SLOW_CLIENT("slow-client");

    private final String tag;

    Cut(String tag) {
      this.tag = tag;
    }
  }

  /**
   * Begins an answer that belongs to an app.
   *
   * @throws dev.tally.common.web.problem.ProblemException 503 if answers take too much memory
   */
  public Answer begin(AppToken app) {
    return new Answer(memory, app.value());
  }

  /** Begins an answer that belongs to no app. */
  public Answer begin() {
    return new Answer(memory, "");
  }

  /** Encodes a value, which no answer counts yet. */
  public byte[] encode(Object value) {
    return json.writeValueAsBytes(value);
  }

  /** Sends a value as the whole answer. */
  public void send(AppToken app, Object value, HttpServletResponse response) {
    try (Answer answer = begin(app)) {
      answer.add(encode(value));
      send(answer, response);
    }
  }

  /**
   * Sends an answer, and returns when its client has read it, or is gone, or was cut off because it
   * read too slowly.
   */
  public void send(Answer answer, HttpServletResponse response) {
    response.setContentType(MediaType.APPLICATION_JSON_VALUE);
    response.setContentLengthLong(answer.length());
    try {
      write(answer.parts(), response);
    } catch (IOException e) {
      // The web server has marked the connection as broken, and closes it.
      cut.increment(SlowClient.isCauseOf(e) ? Cut.SLOW_CLIENT : Cut.CLIENT);
    }
  }

  private static void write(List<byte[]> parts, HttpServletResponse response) throws IOException {
    for (byte[] part : parts) {
      response.getOutputStream().write(part);
    }
    // The memory must count until the last byte is on its way.
    response.flushBuffer();
  }
}
