package dev.tally.api.message;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import java.time.ZoneOffset;

/** A message as clients see it. */
public record MessageView(long number, String body, @JsonProperty("created_at") Instant createdAt) {

  static MessageView of(Message message) {
    return new MessageView(
        message.number(), message.body(), message.createdAt().toInstant(ZoneOffset.UTC));
  }
}
