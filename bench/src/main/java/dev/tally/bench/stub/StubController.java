package dev.tally.bench.stub;

import com.fasterxml.jackson.annotation.JsonProperty;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;

/** Answers requests with almost no work, which shows the cost of a request itself. */
@RestController
final class StubController {

  private static final Message MESSAGE =
      new Message(1, "Ten thousand messages later, and not one of them lost on its way here.");

  private final StringRedisTemplate redis;

  StubController(StringRedisTemplate redis) {
    this.redis = redis;
  }

  record Body(String body) {}

  record Accepted(@JsonProperty("message_number") long number) {}

  record Message(long number, String body) {}

  @PostMapping("/empty")
  @ResponseStatus(HttpStatus.CREATED)
  Accepted post(@RequestBody Body ignored) {
    return new Accepted(1);
  }

  @GetMapping("/empty")
  Message get() {
    return MESSAGE;
  }

  /**
   * Accepts a message with three Redis calls in a row: EXISTS for the chat, INCR for the number,
   * and RPUSH. It is only a contrast: a failure between two of the calls leaves a gap in the
   * numbers.
   */
  @PostMapping("/round-trips/{chat}")
  @ResponseStatus(HttpStatus.CREATED)
  Accepted roundTrips(@PathVariable String chat, @RequestBody Body message) {
    String counter = "bench:" + chat + ":messages";
    if (!redis.hasKey(counter)) {
      throw new ResponseStatusException(HttpStatus.NOT_FOUND);
    }
    Long number = redis.opsForValue().increment(counter);
    if (number == null) {
      throw new IllegalStateException("INCR returned no number");
    }
    String job =
        "{\"chat\":\"%s\",\"number\":%d,\"body\":\"%s\"}".formatted(chat, number, message.body());
    redis.opsForList().rightPush("bench:jobs", job);
    return new Accepted(number);
  }
}
