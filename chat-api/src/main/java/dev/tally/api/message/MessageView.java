package dev.tally.api.message;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;

/** A message as clients see it. */
public record MessageView(
    long number, String body, @JsonProperty("created_at") Instant createdAt) {}
