package dev.tally.bench.stub;

import com.fasterxml.jackson.annotation.JsonProperty;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;

/**
 * Accepts a message with three Redis calls in a row: EXISTS for the chat, INCR for the number, and
 * RPUSH. It is only a contrast: a failure between two of the calls leaves a gap in the numbers.
 */
@RestController
final class RoundTripsController {

  private final StringRedisTemplate redis;

  RoundTripsController(StringRedisTemplate redis) {
    this.redis = redis;
  }

  record Body(String body) {}

  record Accepted(@JsonProperty("message_number") long number) {}

  @PostMapping("/round-trips/{chat}")
  @ResponseStatus(HttpStatus.CREATED)
  Accepted post(@PathVariable String chat, @RequestBody Body message) {
    String counter = "bench:" + chat + ":messages";
    if (!redis.hasKey(counter)) {
      throw new ResponseStatusException(HttpStatus.NOT_FOUND);
    }
    Long number = redis.opsForValue().increment(counter);
    if (number == null) {
      throw new IllegalStateException("INCR returned no number");
    }
    redis
        .opsForList()
        .rightPush(
            "bench:jobs",
            "{\"chat\":\"%s\",\"number\":%d,\"body\":\"%s\"}"
                .formatted(chat, number, message.body()));
    return new Accepted(number);
  }
}
