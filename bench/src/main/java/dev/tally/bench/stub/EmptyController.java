package dev.tally.bench.stub;

import com.fasterxml.jackson.annotation.JsonProperty;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Answers requests without any work, which shows the cost of a request itself. */
@RestController
final class EmptyController {

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
    return new Message(1, "Ten thousand messages later, and not one of them lost on its way here.");
  }
}
